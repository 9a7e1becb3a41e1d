// The tools of the sheet of numbers: filter, cover the values, copy as Markdown or CSV, print.
// Without scripts the sheet is complete; the tools are then not shown.

{
  const tools = document.querySelector(".sheet-tools")
  const say = text => { tools.querySelector("output").textContent = text }
  const tables = [...document.querySelectorAll(".sheet-side table")]
  const rows = tables.flatMap(table => [...table.tBodies[0].rows])
  const group = row => row.closest("table").caption.textContent
  const figure = row => ({
    group: group(row),
    figure: row.querySelector("th").textContent,
    value: row.querySelector(".value").textContent.replaceAll("\u00a0", " "),
    condition: row.querySelector(".condition").textContent,
    kind: row.querySelector(".source a").dataset.kind,
    source: row.querySelector(".source a").href,
  })

  const input = tools.querySelector("input")
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const row of rows) {
      const text = `${group(row)} ${row.textContent}`.toLowerCase()
      row.hidden = !words.every(word => text.includes(word))
    }
    for (const table of tables) table.hidden = [...table.tBodies[0].rows].every(row => row.hidden)
    const shown = rows.filter(row => !row.hidden).length
    say(words.length ? `${shown} of ${rows.length} figures` : "")
  }
  input.addEventListener("input", filter)
  if (input.value) filter() // the browser kept it on the way back

  const cover = button => {
    const on = button.getAttribute("aria-pressed") !== "true"
    button.setAttribute("aria-pressed", on)
    for (const row of rows) {
      const cell = row.querySelector(".value")
      if (!on) { cell.textContent = cell.textContent; continue }
      const lid = document.createElement("button")
      lid.type = "button"
      lid.className = "cover"
      lid.textContent = cell.textContent
      const turn = shown => {
        lid.setAttribute("aria-expanded", shown)
        lid.setAttribute("aria-label", shown ? `${lid.textContent}: cover it again` : `Show the value of ${row.querySelector("th").textContent}`)
      }
      lid.addEventListener("click", () => turn(lid.getAttribute("aria-expanded") !== "true"))
      turn(false)
      cell.replaceChildren(lid)
    }
    if (on) rows.find(row => !row.hidden)?.querySelector(".cover").focus()
    say(on ? "Say the value aloud, then a tap or Enter shows it." : "")
  }

  const copy = (kind, line, head) => {
    const text = [...head, ...rows.filter(row => !row.hidden).map(row => line(Object.values(figure(row))))].join("\n") + "\n"
    const denied = () => say("The browser did not allow copying.") // nor has it a clipboard where the address begins with http
    navigator.clipboard ? navigator.clipboard.writeText(text).then(() => say(`Copied as ${kind}.`), denied) : denied()
  }
  const columns = ["group", "figure", "value", "condition", "kind", "source"]

  tools.addEventListener("click", ({ target }) => {
    switch (target.dataset.do) {
      case "cover": return cover(target)
      case "print": return window.print()
      case "markdown": return copy("Markdown", cells => `| ${cells.map(cell => cell.replaceAll("|", "\\|")).join(" | ")} |`,
        [`| ${columns.join(" | ")} |`, `|${" --- |".repeat(columns.length)}`])
      case "csv": return copy("CSV", cells => cells.map(cell => `"${cell.replaceAll('"', '""')}"`).join(","), [columns.join(",")])
    }
  })
}
