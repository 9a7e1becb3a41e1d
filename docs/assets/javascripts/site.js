// What a page does beyond the theme. `document$` is the theme's stream of pages: it emits on the first
// load and after each instant navigation.

let pages = 0
let followed = null // the link that was followed to this page
addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
  followed = ctrlKey || metaKey || shiftKey ? null : target.closest("a") // those open it elsewhere
  if (followed) arrived()
}, true)
addEventListener("popstate", arrived)

// The places of the next page, which the theme scrolls to, are known when all of it is laid out: see start.html.
function arrived() {
  document.documentElement.classList.remove("arriving")
}

const scrolling = new ResizeObserver(changes => {
  for (const { target } of changes) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1
})

document$.subscribe(() => {
  if (pages) arrived()

  // Instant navigation takes away what had the focus: go on where the new page begins, or the section asked for. That
  // one the theme forgets when a link is followed at once after scrolling: it notes where the old page stood for the new.
  const focused = document.activeElement
  const asked = followed?.pathname === location.pathname ? followed.hash : ""
  followed = null
  if (pages++ && (focused === document.body || focused.closest(".md-search"))) {
    const section = document.getElementById(decodeURIComponent((asked || location.hash).slice(1)))
    const place = section ?? document.querySelector("h1")
    place.tabIndex = -1
    setTimeout(() => { // when the theme has scrolled
      if (section && asked) location.hash === asked ? section.scrollIntoView() : location.replace(asked)
      place.focus({ preventScroll: true })
    })
  }

  // Boxes of tables have no way in by keyboard, and the bars of buttons that the theme puts above code have no name.
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) scrolling.observe(box)
  document.querySelectorAll(".md-code__nav").forEach((bar, index) => bar.setAttribute("aria-label", `Code ${index + 1}`))

  // The way to "Keep for offline" says that a newer version of the kept site waits there; where nothing can be stored,
  // nothing can be looked for.
  navigator.serviceWorker?.getRegistration(__md_scope).then(registration => {
    if (registration?.waiting && registration.scope === String(__md_scope)) document.querySelector(".to-offline").textContent = "A new version is ready"
  }, () => {})

  // Mermaid draws when a page loads, in the scheme of that moment: load the page anew where one of
  // its diagrams (normally the site has none) was reached by instant navigation.
  if (pages > 1 && document.querySelector("div.mermaid:not([data-processed])") && !window.mermaid) location.reload()
})

// ... or where the reader switches between light and dark.
new MutationObserver(() => {
  if (document.querySelector("div.mermaid")) location.reload()
}).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })

// Hints are for a pointer that hovers and for the keyboard.
const hinted = new AbortController()
for (const type of ["pointerover", "focusin"])
  addEventListener(type, ({ pointerType = "keyboard" }) => {
    if (pointerType === "touch") return
    hinted.abort()
    document.head.append(Object.assign(document.createElement("script"), { src: new URL("assets/javascripts/hints.js", __md_scope) }))
  }, { signal: hinted.signal })

// Escape closes the drawer, as it does the search.
addEventListener("keydown", ({ key }) => {
  const drawer = document.getElementById("__drawer")
  if (key !== "Escape" || !drawer.checked) return
  drawer.click()
  document.querySelector("header [for=__drawer]").focus()
})
