// The study plan: keeps the ticks.
//
// They are kept in this browser only: the words of the items that are ticked, so that an edit of other items changes
// nothing. Items that no longer exist are forgotten with the next tick; where the browser keeps nothing, ticks last for
// the visit.
{
  const KEY = `${__md_scope.pathname}.plan` // as the theme names its own
  const boxes = [...document.querySelectorAll(".task-list-item input")]
  const words = box => box.parentElement.textContent.trim()

  // The ticks of this visit, which outlive this run of the script, and whether the browser keeps them.
  const memory = (window.planMemory ??= { ticks: new Set(), stored: true })

  const load = () => {
    let text = null
    try { text = localStorage.getItem(KEY) } catch { memory.stored = false }
    if (!memory.stored) return
    try { memory.ticks = new Set(JSON.parse(text)) } catch { memory.ticks = new Set() } // damaged
  }

  const save = () => {
    if (memory.stored) try { localStorage.setItem(KEY, JSON.stringify([...memory.ticks])) } catch { memory.stored = false }
  }

  const show = () => {
    for (const box of boxes) box.checked = memory.ticks.has(words(box))
    if (!memory.stored) document.querySelector(".ticks").textContent = "This browser keeps no data for this site: ticks last until you leave."
  }

  document.querySelector("article").addEventListener("change", ({ target }) => {
    const { checked } = target
    load() // another tab may have gone on
    const before = memory.ticks
    memory.ticks = new Set(boxes.filter(box => box === target ? checked : before.has(words(box))).map(words))
    save()
    show()
  })

  load()
  show()
}
