// What the theme's search lacks.

{
  const query = document.querySelector("[data-md-component=search-query]")
  const result = document.querySelector("[data-md-component=search-result]")
  const sentence = result.querySelector(".md-search-result__meta")
  const list = result.querySelector(".md-search-result__list")

  // The index is loaded when somebody is about to search: the box has the focus, or a pointer is on its way there. The
  // theme hands on what stands in the box when a key goes up: a blank asks search-worker.js to load, and what stood there
  // is asked next.
  let loaded = false
  const load = () => {
    if (loaded) return
    loaded = true
    sentence.textContent = "Loading the index"
    for (const value of [" ", query.value]) {
      query.value = value
      query.dispatchEvent(new Event("keyup"))
    }
  }
  query.addEventListener("focus", load)
  if (document.activeElement === query) load()
  if (!navigator.connection?.saveData)
    addEventListener("pointerover", ({ target }) => { if (target.closest(".md-search__form, .search-door")) load() })

  // The theme lists the results anew when the texts are indexed too. A reader who walks among them by keyboard stays, or
  // is taken back to the box if what had the focus is no result any more.
  let held
  const place = ({ pathname, hash }) => pathname && pathname + hash
  addEventListener("focusin", ({ target }) => { held = list.contains(target) && place(target.closest("a") ?? target.closest("li").querySelector("a")) })
  new MutationObserver(() => {
    if (!held || list.hidden || document.activeElement !== document.body) return // hidden: the search is closed
    const target = [...list.querySelectorAll("a")].find(link => place(link) === held) ?? query
    target.focus()
  }).observe(list, { childList: true })

  // A search that finds nothing offers the glossary, where the theme has only a sentence.
  new MutationObserver(() => {
    if (!query.value.trim() || list.children.length || sentence.querySelector("a")) return
    const link = document.createElement("a")
    link.href = new URL(location.protocol === "file:" ? "reference/glossary.html" : "reference/glossary/", __md_scope)
    link.textContent = "look it up in the glossary"
    sentence.append("; ", link)
  }).observe(sentence, { childList: true })
}
