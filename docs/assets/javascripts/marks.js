// The theme marks the words that were searched wherever their letters stand: "sse" in "addresses". This leaves the marks
// at the beginning of a word, as in the list of results. site.js loads this on a page that a search led to.

{
  const article = document.querySelector("article")
  const mend = () => {
    for (const mark of article.querySelectorAll("mark"))
      if (/[\p{L}\p{N}]$/u.test(mark.previousSibling?.textContent ?? "")) mark.replaceWith(mark.textContent)
  }
  new MutationObserver(mend).observe(article, { childList: true, subtree: true })
  mend()
}
