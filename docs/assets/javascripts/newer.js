// The way to "Keep for offline" says that a newer version of the kept site waits there. site.js loads this on a page that
// comes from a kept version.

navigator.serviceWorker.getRegistration(__md_scope).then(registration => {
  if (registration?.waiting && registration.scope === String(__md_scope)) document.querySelector(".to-offline").textContent = "A new version is ready"
}, () => {})
