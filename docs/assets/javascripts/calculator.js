// The estimation calculator: computes on each change and compares with the figures of the site.

{
  const scaled = (value, steps, unit) => {
    let step = 0
    while (value >= 999.5 && step < steps.length - 1) { value /= 1000; step++ }
    return `${Number(value.toPrecision(3)).toLocaleString("en")} ${steps[step]}${unit}`.trim()
  }
  const count = value => Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 2 })
  const bytes = value => scaled(value, ["", "k", "M", "G", "T", "P", "E"], "B")
  const bits = value => scaled(value, ["", "k", "M", "G", "T", "P"], "bit/s")

  for (const form of document.querySelectorAll("form.calculator")) {
    const comparisons = JSON.parse(form.dataset.comparisons)
    form.hidden = false

    const compute = () => {
      const input = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, Math.max(0, Number(text) || 0)]))
      const { users, actions, bytes: size, days, copies, factor, rate } = input
      const average = users * actions / 86400
      const peak = average * factor
      const copy = users * actions * size * days
      const bandwidth = peak * size * 8
      const servers = Math.max(1, Math.ceil(peak / (rate * 0.7)))
      const machines = number => rate ? number.toLocaleString("en") : "name their rate"
      const rows = [
        ["Average", `${count(average)} requests/s`, `${count(users)} × ${count(actions)} / 86,400 s`],
        ["Peak", `${count(peak)} requests/s`, `average × ${count(factor)}`],
        ["Storage", bytes(copy * copies), `${count(users * actions)} a day × ${bytes(size)} × ${count(days)} days × ${count(copies)} copies`],
        ["Bandwidth at peak", bits(bandwidth), `peak × ${bytes(size)} × 8`],
        ["Servers", machines(servers), `peak / (${count(rate)} × 0.7), rounded up`],
        ["In three zones", machines(Math.ceil(servers * 3 / 2)), "servers × 3/2, rounded up: one zone may fail"],
      ]
      form.querySelector("tbody").replaceChildren(...rows.map(([name, value, formula]) => {
        const row = document.createElement("tr")
        row.innerHTML = `<th scope="row"></th><td></td><td></td>`
        ;[name, value, formula].forEach((text, cell) => { row.cells[cell].textContent = text })
        return row
      }))
      const results = { peak, storage: copy, bandwidth } // an instance holds one copy
      form.querySelector("ul").replaceChildren(...comparisons.map(comparison => {
        const result = results[comparison.result]
        const { low = comparison.high, high = comparison.low } = comparison
        const verdict = result > high ? comparison.above
          : result > low ? `It depends: within the range. ${comparison.above}` : comparison.below
        const item = document.createElement("li")
        const link = document.createElement("a")
        link.href = comparison.page
        link.textContent = `${comparison.label}: ${comparison.value}`
        item.append(link, ` (${comparison.result}). ${verdict}`)
        item.dataset.over = result > high
        return item
      }))
    }
    form.addEventListener("input", compute)
    form.addEventListener("submit", event => event.preventDefault())
    compute()
  }
}
