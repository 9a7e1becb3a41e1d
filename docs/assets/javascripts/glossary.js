// The filter of the glossary: leaves the entries that hold every word typed.
// Without scripts the glossary is complete; the filter is then not shown.

{
  const tools = document.querySelector(".glossary-tools")
  const lists = [...document.querySelectorAll(".letters ~ dl")]
  const input = tools.querySelector("input")

  // An entry is its terms and its definitions: a run of dt, then a run of dd.
  const read = list => [...list.children].reduce((found, element) => {
    if (element.matches("dt") && !element.previousElementSibling?.matches("dt")) found.push({ elements: [], text: "" })
    const entry = found.at(-1)
    entry.elements.push(element)
    entry.text += ` ${element.textContent.toLowerCase()}`
    return found
  }, [])
  let entries // read when first asked for, not while the page draws

  const filter = () => {
    entries ??= lists.flatMap(read)
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = entries.filter(({ elements, text }) => {
      const found = words.every(word => text.includes(word))
      for (const element of elements) element.hidden = !found
      return found
    })
    for (const list of lists) {
      const empty = [...list.children].every(element => element.hidden)
      list.hidden = empty
      list.previousElementSibling.hidden = empty // its letter
    }
    tools.querySelector("output").textContent = words.length ? `${shown.length} of ${entries.length} terms` : ""
  }
  input.addEventListener("input", filter)
  // A letter leads to its entries, also when the filter hides them.
  for (const letters of document.querySelectorAll(".letters, .md-sidebar--secondary"))
    letters.addEventListener("click", () => {
      if (!input.value) return
      input.value = ""
      filter()
    })
}
