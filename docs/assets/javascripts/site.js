// What a page does beyond the theme. `document$` is the theme's stream of pages: it emits on the first
// load and after each instant navigation.

let pages = 0
let followed = null // the link that was followed to this page
addEventListener("click", event => {
  const { target, ctrlKey, metaKey, shiftKey, altKey } = event
  if ((shiftKey || altKey) && target.closest("a")) event.stopPropagation() // the theme would follow it here
  followed = ctrlKey || metaKey || shiftKey || altKey ? null : target.closest("a") // those open it elsewhere, or save it
  if (!followed) return
  document.body.style.top = "" // where the theme would scroll back to when the search closes, on the next page
  arrived()
}, true)
addEventListener("popstate", arrived)

// The places of the next page, which the theme scrolls to, are known when all of it is laid out: see start.html.
function arrived() {
  document.documentElement.classList.remove("arriving")
}

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

  if (location.search) load("marks") // of the words that were searched

  // The bars of buttons that the theme puts above code have no name.
  document.querySelectorAll(".md-code__nav").forEach((bar, index) => bar.setAttribute("aria-label", `Code ${index + 1}`))

  if (navigator.serviceWorker?.controller) load("newer")
  if (document.querySelector("div.mermaid")) load("redraw")
})

// The way back, from the first link on; and what comes when it is asked for: hints and what the keyboard needs, neither
// of which is for fingers.
function load(name) {
  document.head.append(Object.assign(document.createElement("script"), { src: new URL(`assets/javascripts/${name}.js`, __md_scope) }))
}
const hinted = new AbortController()
for (const type of ["pointerover", "focusin"])
  addEventListener(type, ({ pointerType = "keyboard" }) => {
    if (pointerType === "touch") return
    hinted.abort()
    load("hints")
    load("keyboard")
  }, { signal: hinted.signal })
load("back")
