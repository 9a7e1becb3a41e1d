// The filter of the glossary: leaves the entries that hold every word typed.
// Without scripts the glossary is complete; the filter is then not shown.

{
  const tools = document.querySelector(".glossary-tools")
  const lists = [...document.querySelectorAll(".letters ~ dl")]
  // An entry is its terms and its definitions: a run of dt, then a run of dd.
  const entries = lists.flatMap(list => [...list.children].reduce((found, element) => {
    if (element.matches("dt") && !element.previousElementSibling?.matches("dt")) found.push([])
    found.at(-1).push(element)
    return found
  }, []))
  const texts = entries.map(entry => entry.map(element => element.textContent).join(" ").toLowerCase())
  const input = tools.querySelector("input")

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = texts.map(text => words.every(word => text.includes(word)))
    entries.forEach((entry, index) => entry.forEach(element => { element.hidden = !shown[index] }))
    for (const list of lists) {
      const empty = [...list.children].every(element => element.hidden)
      list.hidden = empty
      list.previousElementSibling.hidden = empty // its letter
    }
    tools.querySelector("output").textContent = words.length ? `${shown.filter(Boolean).length} of ${entries.length} terms` : ""
  }
  input.addEventListener("input", filter)
  // A letter leads to its entries, also when the filter hides them.
  document.querySelector(".letters").addEventListener("click", () => { input.value = ""; filter() })
}
