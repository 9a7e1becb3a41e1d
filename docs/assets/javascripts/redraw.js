// Mermaid draws when a page loads, in the scheme of that moment. Where one of its diagrams (normally the site has none) was
// reached by instant navigation, or the reader switches between light and dark, the page is loaded anew.
//
// site.js loads this on a page with such a diagram; `pages` is how many it has shown.

if (pages > 1 && document.querySelector("div.mermaid:not([data-processed])") && !window.mermaid) location.reload()
new MutationObserver(() => {
  if (document.querySelector("div.mermaid")) location.reload()
}).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
