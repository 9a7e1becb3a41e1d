// The way back to a page, which instant navigation fetches anew, leads to what was left: what was unfolded is unfolded
// again, at the same place. And at the same address: the theme gives it the anchor of the place on the page that goes.
//
// site.js loads this at the first click.

{
  const unfolded = new Map() // by path of a page, which parts were open when a link was followed
  const folds = () => [...document.querySelectorAll("article details")]
  let back = null // the address and the state of the page to come

  addEventListener("click", ({ target }) => {
    back = null
    if (target.closest("a")) unfolded.set(location.pathname, folds().map(({ open }) => open))
  }, true)
  addEventListener("popstate", ({ state }) => { back = state && { state, href: location.href } }) // none when a link leads to a section
  document$.subscribe(() => {
    if (!back) return
    const open = unfolded.get(location.pathname) ?? []
    folds().forEach((part, i) => { if (open[i]) part.open = true })
    history.replaceState(back.state, "", back.href)
    scrollTo({ top: back.state.y }) // where the theme has noted none, it stays
    back = null
  })
}
