// The filter of the glossary: leaves the entries whose names hold every word typed, and offers those that hold them
// elsewhere; these at once where no name does.
// Without scripts the glossary is complete; the filter is then not shown.

{
  const tools = document.querySelector(".glossary-tools")
  const lists = [...document.querySelectorAll(".letters ~ dl")]
  const input = tools.querySelector("input"), output = tools.querySelector("output")
  const more = tools.appendChild(Object.assign(document.createElement("button"), { type: "button", hidden: true }))

  const read = element => ({
    element,
    name: [...element.querySelectorAll("dt")].map(term => term.textContent.toLowerCase()).join(" "),
    text: element.textContent.toLowerCase(),
  })
  let entries // read when first asked for, not while the page draws

  const filter = (all = false) => {
    entries ??= lists.flatMap(list => [...list.children].map(read))
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    const holding = part => entries.filter(entry => words.every(word => entry[part].includes(word)))
    const named = holding("name"), found = holding("text")
    const shown = new Set(named.length && !all ? named : found)
    for (const entry of entries) entry.element.hidden = !shown.has(entry)
    for (const list of lists) {
      const empty = [...list.children].every(element => element.hidden)
      list.hidden = empty
      list.previousElementSibling.hidden = empty // its letter
    }
    output.textContent = words.length ? `${shown.size} of ${entries.length} terms` : ""
    more.hidden = shown.size === found.length
    more.textContent = `${found.length - shown.size} more in definitions`
  }
  input.addEventListener("input", () => filter())
  if (input.value) filter() // the browser kept it on the way back
  more.addEventListener("click", () => { filter(true); input.focus() })
  // A letter leads to its entries, also when the filter hides them.
  for (const letters of document.querySelectorAll(".letters, .md-sidebar--secondary"))
    letters.addEventListener("click", () => {
      if (!input.value) return
      input.value = ""
      filter()
    })
}
