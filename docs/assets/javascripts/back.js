// The way back to a page, which instant navigation fetches anew, leads to what was left: what was unfolded is unfolded
// again, what was typed stands there again, at the same place. And at the same address: the theme gives it the anchor of
// the place on the page that goes.
//
// site.js loads this when it starts: the first click may be the one on a link.

{
  const left = new Map() // by path of a page, which parts were open and what its inputs held when a link was followed
  const folds = () => [...document.querySelectorAll("article details")]
  const inputs = () => [...document.querySelectorAll("article :is(input[type=search], input[type=number])")]
  let back = null // the address and the state of the page to come

  addEventListener("click", ({ target }) => {
    back = null
    const link = target.closest("a")
    if (link && link.pathname !== location.pathname) left.set(location.pathname, { open: folds().map(({ open }) => open), typed: inputs().map(({ value }) => value) })
  }, true)
  addEventListener("popstate", ({ state }) => { back = state && { state, href: location.href } }) // none when a link leads to a section
  document$.subscribe(() => {
    if (!back) return
    const { open = [], typed = [] } = left.get(location.pathname) ?? {}
    folds().forEach((part, i) => { if (open[i]) part.open = true })
    inputs().forEach((input, i) => {
      if (typed[i] === undefined || typed[i] === input.value) return
      input.value = typed[i]
      input.dispatchEvent(new Event("input", { bubbles: true })) // to the script of the page
    })
    history.replaceState(back.state, "", back.href)
    scrollTo({ top: back.state.y }) // where the theme has noted none, it stays
    back = null
  })
}
