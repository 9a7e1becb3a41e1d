// Shows what a link stands for where the pointer rests or the keyboard's focus is: the definition of a term (its title),
// the text of a footnote, the section that any other link within the site leads to. Fingers follow links at once.
//
// site.js loads this when a pointer or the focus first moves. The theme can do the same, but prepares each of a page's
// links while the page loads, some 250 on a long one; here they share one box, which is filled when it is asked for.

{
  const REST = 250 // milliseconds that the pointer stays before a hint comes, or goes
  const GAP = 6, EDGE = 8 // pixels from the link, from the edges of the window
  const HINTED = "[title], .footnote-ref, article :is(p, li, td, dd) a:not(.headerlink, .footnote-backref)"

  const box = document.body.appendChild(document.createElement("div"))
  Object.assign(box, { id: "hint", className: "hint md-typeset", hidden: true })
  box.setAttribute("role", "tooltip")
  const style = document.createElement("link")
  const styled = new Promise(done => { style.onload = style.onerror = done })
  Object.assign(style, { rel: "stylesheet", href: new URL("assets/stylesheets/hints.css", __md_scope) })
  document.body.append(style) // from the head instant navigation would take it

  const pages = new Map() // fetched, by address

  let link = null // what the hint is for
  let title // its title, without which the browser shows no hint of its own meanwhile
  let timer

  async function show(other) {
    clearTimeout(timer)
    if (link === other) return
    box.hidden = true
    if (title) link.title = title
    link?.removeAttribute("aria-describedby")
    link = other
    title = link?.title
    if (!link) return
    if (title && !link.textContent.trim()) link.ariaLabel ??= title // it was the link's name
    if (title) link.title = ""
    const content = title ? [title] : await linked(link).catch(() => []) // offline there may be none
    await styled
    if (link !== other || !content.length) return
    box.replaceChildren(...content)
    box.hidden = false
    box.scrollTop = 0 // not where another one was left
    link.setAttribute("aria-describedby", box.id)
    const { left, top, bottom } = link.getClientRects()[0] // of its first line
    const above = bottom + GAP + box.offsetHeight > innerHeight && top > box.offsetHeight + GAP
    box.style.top = `${scrollY + (above ? top - GAP - box.offsetHeight : bottom + GAP)}px`
    box.style.left = `${scrollX + Math.max(EDGE, Math.min(left, document.body.clientWidth - EDGE - box.offsetWidth))}px`
  }

  // Copies of what a link leads to: of a section its heading and text, of a term that and its definition.
  async function linked({ href, hash, origin, pathname }) {
    const here = pathname === location.pathname
    if (origin !== location.origin || !here && !/^https?:.*(\/|\.html)(#|$)/.test(href)) return []
    const address = href.split("#")[0]
    if (!here && !pages.has(address)) pages.set(address, await (await fetch(address)).text())
    const page = here ? document : new DOMParser().parseFromString(pages.get(address), "text/html")
    let part = hash ? page.getElementById(decodeURIComponent(hash.slice(1))) : page.querySelector("h1")
    const parts = part ? [part] : []
    if (/^(H\d|DT)$/.test(part?.tagName))
      while ((part = part.nextElementSibling) && !/^(H\d|DT)$/.test(part.tagName)) parts.push(part)
    return parts.map(part => {
      const copy = part.cloneNode(true)
      for (const element of [copy, ...copy.querySelectorAll("[id]:not(svg *)")]) element.removeAttribute("id") // the page has it
      for (const element of copy.querySelectorAll("[href], [src]"))
        for (const name of ["href", "src"])
          if (element.hasAttribute(name)) element.setAttribute(name, new URL(element.getAttribute(name), address))
      return copy
    })
  }

  addEventListener("pointerover", ({ target, pointerType }) => {
    clearTimeout(timer)
    if (pointerType === "mouse" && !box.contains(target)) timer = setTimeout(show, REST, target.closest(HINTED))
  })
  addEventListener("focusin", ({ target }) => { if (target.matches(":focus-visible")) show(target.closest(HINTED)) })
  addEventListener("focusout", () => { if (!box.matches(":hover")) show(null) }) // what is pressed in it has to stay
  addEventListener("keydown", ({ key }) => { if (key === "Escape") show(null) })
  document$.subscribe(() => show(document.querySelector(`:is(${HINTED}):is(:hover, :focus-visible):not(.hint *)`))) // or goes, on another page
}
