// What the keyboard needs beyond the theme. site.js loads this when a pointer or the focus first moves.

{
  const drawer = document.getElementById("__drawer"), search = document.getElementById("__search")
  let left // what had the focus before the search

  addEventListener("focusout", ({ target, relatedTarget }) => {
    if (!target.closest(".md-search")) left = relatedTarget && target
  })

  // Escape closes the drawer, as it does the search, from which the focus goes back to where it was.
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return
    if (search.checked) setTimeout(() => left?.focus({ preventScroll: true })) // after the theme
    if (!drawer.checked) return
    drawer.click()
    document.querySelector("header [for=__drawer]").focus()
  }, true)

  // Tables have no way in by keyboard but the boxes in which they scroll; one that has nothing to scroll is no stop.
  const scrolling = new ResizeObserver(changes => {
    for (const { target } of changes) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1
  })
  document$.subscribe(() => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) scrolling.observe(box)
  })
}
