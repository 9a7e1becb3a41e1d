// "Keep for offline", on the home page and the 404 page: fetches the whole site when the reader asks for it, through a
// service worker (hooks/offline_worker.js), says what comes of it, and takes it back. Nothing is registered before.
// The browser looks for a later version whenever a page is opened; it comes into use when no page is open, or from here.

{
  const box = document.querySelector(".offline")
  const { size } = box.dataset // MB, written by the build
  const reasons = {
    QuotaExceededError: `There is not enough space on this device; ${size} MB are needed.`,
    SecurityError: "The browser does not let this site store anything.",
    NotAllowedError: "The browser does not let this site store anything.",
  }
  const button = document.createElement("button")
  button.type = "button"
  button.className = "md-button"
  const progress = document.createElement("progress")
  progress.setAttribute("aria-label", "Kept so far")
  const note = document.createElement("span")
  note.setAttribute("role", "status")
  let action

  // Show a sentence, with a button or with the progress.
  const show = (sentence, label, act) => {
    action = act
    button.hidden = !label
    button.textContent = label
    progress.hidden = sentence !== keeping
    note.textContent = sentence
    box.hidden = false
  }
  const keeping = "Fetching all pages …"
  const offer = (sentence = `All pages, search and the sheet of numbers on this device: ${size} MB.`) =>
    show(sentence, "Keep for offline", keep)
  const kept = () => show(`Kept on this device: ${size} MB. It works without a network and updates by itself.`, "Remove", remove)
  const ready = worker => show("A new version is ready.", "Use it now", () => use(worker))
  const registered = async () => {
    const registration = await navigator.serviceWorker.getRegistration(__md_scope)
    return registration?.scope === String(__md_scope) ? registration : undefined
  }
  const remember = () => history.replaceState(history.state, "", "#offline") // the box, when the page is loaded again
  // From now on, or not any more, pages come from the version that was kept: this one too.
  const again = () => {
    remember()
    location.reload()
  }

  async function keep() {
    try {
      show(keeping)
      progress.removeAttribute("value")
      navigator.storage?.persist() // else the browser may drop it when space is short; Firefox asks, while all is fetched
      await follow(await navigator.serviceWorker.register(new URL("service-worker.js", __md_scope)))
    } catch (error) {
      await forget().catch(() => {}) // where nothing can be stored, nothing can be looked for
      offer(reasons[error.name] ?? "Not all of it could be fetched, so nothing was kept. Try again with a better connection.")
    }
  }

  // Show how far the worker is, until all is kept or it fails.
  async function follow({ installing, waiting, active }) {
    show(keeping)
    const worker = installing ?? waiting ?? active
    let failure = "NetworkError"
    navigator.serviceWorker.onmessage = ({ data: { done, total, failed } }) => {
      if (failed) failure = failed
      else Object.assign(progress, { max: total, value: done })
    }
    while (!["activated", "redundant"].includes(worker.state))
      await new Promise(resolve => worker.addEventListener("statechange", resolve, { once: true }))
    if (worker.state === "redundant") {
      await new Promise(resolve => setTimeout(resolve, 1000)) // why it failed may be said a little later
      throw new DOMException("", failure)
    }
    if (box.isConnected) again()
  }

  // Offer a version that waits, or that comes while the page is open.
  function offerNewer(registration) {
    const { installing, waiting } = registration
    if (waiting) ready(waiting)
    installing?.addEventListener("statechange", () => installing.state === "installed" && ready(installing))
    registration.onupdatefound = () => offerNewer(registration)
  }

  // It takes over unless another page is open, to which the version in use has to answer. Then this page is loaded again
  // (overrides/partials/start.html). Chromium may first give the version in use half a minute, unless a page lets go of
  // it: after a moment this one does.
  function use(worker) {
    remember()
    show("The new version comes into use …", "Use it now", () => use(worker))
    navigator.serviceWorker.onmessage = ({ data: { others } }) => {
      if (others) show("A new version is ready. Close the other tabs of these notes first.", "Use it now", () => use(worker))
      else setTimeout(() => box.isConnected && location.reload(), 2000)
    }
    worker.postMessage("take over")
  }

  async function remove() {
    await forget()
    if (navigator.onLine) again()
    else show("Removed from this device.")
  }

  async function forget() {
    await (await registered())?.unregister()
    for (const name of await caches.keys()) if (name.endsWith(__md_scope)) await caches.delete(name)
  }

  async function start() {
    if (!isSecureContext || location.protocol === "file:") return show("Pages can be kept for offline only where the address begins with https.")
    if (!navigator.serviceWorker) return show("This browser does not keep pages for offline.")
    const registration = await registered()
    if (!registration) {
      await forget() // what a worker may still have put there while it was removed
      offer()
    } else if (registration.active) {
      kept()
      offerNewer(registration)
    } else follow(registration).catch(() => offer())
  }

  if (size) {
    button.addEventListener("click", () => action())
    box.append(button, progress, note)
    start().catch(({ name }) => show(reasons[name] ?? reasons.SecurityError)).finally(() => {
      if (location.hash !== "#offline") return
      box.tabIndex = -1
      box.focus()
    })
  }
}
