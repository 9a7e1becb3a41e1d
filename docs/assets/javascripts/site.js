// What a page does beyond the theme. `document$` is the theme's stream of pages: it emits on the first
// load and after each instant navigation.

document$.subscribe(() => {
  // The search box on the home page opens the theme's search.
  for (const door of document.querySelectorAll(".search-door"))
    door.addEventListener("click", () => {
      document.getElementById("__search").click()
      document.querySelector("[data-md-component=search-query]").focus()
    })

  // Mermaid draws when a page loads, in the scheme of that moment: load the page anew where one of
  // its diagrams (normally the site has none) was reached by instant navigation.
  if (document.querySelector("div.mermaid:not([data-processed])") && !window.mermaid) location.reload()
})

// ... or where the reader switches between light and dark.
new MutationObserver(() => {
  if (document.querySelector("div.mermaid")) location.reload()
}).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
