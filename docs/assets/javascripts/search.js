// A search that finds nothing offers the glossary, where the theme has only a sentence.

{
  const query = document.querySelector("[data-md-component=search-query]")
  const result = document.querySelector("[data-md-component=search-result]")
  const sentence = result.querySelector(".md-search-result__meta")
  const list = result.querySelector(".md-search-result__list")

  new MutationObserver(() => {
    if (!query.value.trim() || list.children.length || sentence.querySelector("a")) return
    const link = document.createElement("a")
    link.href = new URL("reference/glossary/", __md_scope)
    link.textContent = "look it up in the glossary"
    sentence.append("; ", link)
  }).observe(sentence, { childList: true })
}
