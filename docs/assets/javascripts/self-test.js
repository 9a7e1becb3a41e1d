// The self-test: asks the questions of the page one at a time and brings the weak ones back.
// Without this script the page is a list with folded answers; on paper it stays one.
//
// The scheme is Leitner's, with five boxes. A question begins in the first; when you know it, it moves up a
// box, when you do not, it goes back to the first. The higher the box, the longer it rests: DAYS. A round takes
// up to ROUND questions of a topic: those whose rest is over, the lowest boxes first, then new ones, and if
// there are neither, the weakest of the others. "Again" also brings a question back within the round, LATER
// questions on; knowing it then is enough for this round, but it stays in the first box for the next one.
// A single topic comes in the order of its page, several come mixed.
//
// Progress is kept in this browser only: for each question (its id) the box and the day of the last answer,
// counted from 1970. What cannot be read is dropped with a word. Questions that no longer exist are
// forgotten with the next answer; where the browser keeps nothing, progress lasts for the visit.
{
  const DAYS = [0, 1, 2, 4, 8] // of rest, by box
  const ROUND = 10
  const LATER = 3
  const KEY = `${__md_scope.pathname}.self-test` // as the theme names its own

  // The progress of this visit, which outlives this run of the script, and whether the browser keeps it; also the topic
  // and the round, so that a look at the page behind a question ends neither.
  const memory = (window.selfTestMemory ??= { boxes: new Map(), stored: true })

  const today = () => {
    const now = new Date()
    return Math.floor((now - now.getTimezoneOffset() * 60000) / 86400000)
  }
  const valid = entry => Array.isArray(entry) && entry.length === 2 && entry.every(Number.isInteger) && entry[0] >= 1 && entry[0] <= DAYS.length

  // Returns what is wrong with the kept progress, or "". A day in the future (the clock was wrong) counts as today.
  const load = () => {
    let text = null
    try { text = localStorage.getItem(KEY) } catch { memory.stored = false }
    if (!memory.stored) return "This browser keeps no data for this site: progress lasts until you leave."
    memory.boxes = new Map()
    if (text === null) return ""
    try {
      const entries = Object.entries(JSON.parse(text).boxes)
      for (const [id, entry] of entries) if (valid(entry)) memory.boxes.set(id, [entry[0], Math.min(entry[1], today())])
      const lost = entries.length - memory.boxes.size
      return lost ? `The progress of ${count(lost, "question")} was damaged and is discarded.` : ""
    } catch {
      return "The progress kept in this browser was damaged and is discarded: every question is new again."
    }
  }

  const save = () => {
    if (!memory.stored) return
    try { localStorage.setItem(KEY, JSON.stringify({ boxes: Object.fromEntries(memory.boxes) })) } catch { memory.stored = false }
  }

  const forget = () => {
    memory.boxes = new Map()
    try { localStorage.removeItem(KEY) } catch { memory.stored = false }
  }

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`
  const shuffled = list => list.map(item => [Math.random(), item]).sort((one, other) => one[0] - other[0]).map(([, item]) => item)
  const box = question => memory.boxes.get(question.id)?.[0] ?? 0 // 0 for a new one
  const dueOn = question => memory.boxes.get(question.id)[1] + DAYS[box(question) - 1]
  const isDue = question => box(question) > 0 && dueOn(question) <= today()

  // Returns the questions of a round, in the order in which they are asked.
  const choose = questions => {
    const several = new Set(questions.map(question => question.topic)).size > 1
    const all = several ? shuffled(questions) : questions
    const weakest = (one, other) => box(one) - box(other)
    const due = all.filter(isDue).sort(weakest)
    const fresh = all.filter(question => !box(question))
    const chosen = [...due, ...fresh].slice(0, ROUND)
    return chosen.length ? chosen : [...all].sort(weakest).slice(0, ROUND)
  }

  // Reads the questions of the page: each with its id, its element, its topic and the part of that.
  const read = list => {
    const questions = []
    let part = null, topic = null
    for (const element of list.children) {
      const name = () => ({ id: element.id, title: element.firstChild.textContent })
      if (element.matches("h2")) part = topic = name()
      else if (element.matches("h3")) topic = name()
      else if (element.matches("article")) questions.push({ id: element.querySelector("details").id, element, part, topic })
    }
    return questions
  }

  const begin = (panel, list) => {
    const questions = read(list)
    if (!questions.length) return
    panel.hidden = false
    panel.innerHTML = `
      <p class="self-test-notice" role="alert" hidden></p>
      <div class="self-test-result" tabindex="-1" hidden></div>
      <form>
        <label>Topic <select><option value="">All topics, mixed</option></select></label>
        <button class="md-button md-button--primary">Start</button>
        <button class="md-button" type="button" data-do="reset">Reset progress</button>
      </form>
      <div class="self-test-round" hidden>
        <progress aria-label="Questions known in this round"></progress>
        <button type="button" data-do="end">End the round</button>
      </div>
      <p class="self-test-counts" role="status"></p>`
    const rate = document.createElement("div")
    rate.className = "self-test-rate"
    rate.hidden = true
    rate.innerHTML = `
      <button class="md-button" type="button" data-do="again"><kbd>1</kbd> Again</button>
      <button class="md-button" type="button" data-do="knew"><kbd>2</kbd> Knew it</button>`
    const hint = document.createElement("p")
    hint.className = "self-test-hint"
    hint.textContent = "Answer aloud. A tap, Enter or Space shows the answer; then say how it went."

    const [notice, result, form, bar, counts] = panel.children
    const select = form.querySelector("select")
    const progress = bar.querySelector("progress")
    let round = null

    // --- topics ---

    const picked = () => questions.filter(({ part, topic }) => !select.value || [part?.id, topic?.id].includes(select.value))

    for (const part of new Set(questions.map(question => question.part))) {
      const group = document.createElement("optgroup")
      const inside = questions.filter(question => question.part === part)
      const topics = [...new Set(inside.map(question => question.topic))].filter(topic => topic && topic !== part)
      group.label = part?.title ?? "Questions"
      if (topics.length > 1 && part) group.append(new Option(`${part.title}, mixed (${inside.length})`, part.id))
      for (const topic of topics) group.append(new Option(`${topic.title} (${inside.filter(question => question.topic === topic).length})`, topic.id))
      if (!topics.length && part) group.append(new Option(`${part.title} (${inside.length})`, part.id))
      if (group.children.length) select.append(group)
    }

    const overview = () => {
      const those = picked()
      const fresh = those.filter(question => !box(question)).length
      const due = those.filter(isDue).length
      const resting = those.length - fresh - due
      const next = Math.min(...those.filter(question => box(question) && !isDue(question)).map(dueOn)) - today()
      const when = next === 1 ? "tomorrow" : `in ${next} days`
      const rest = resting ? `${resting} at rest, back ${when}${resting > 1 ? " or later" : ""}` : "0 at rest"
      counts.textContent = `${count(those.length, "question")}: ${fresh} new, ${due} to repeat, ${rest}.`
        + (fresh + due ? "" : " Nothing is due: a round now repeats the weakest.")
        + (memory.stored ? " Progress is kept in this browser only." : "")
    }

    const say = text => {
      notice.hidden = !text
      notice.textContent = text
    }

    // --- a round ---

    const ask = () => {
      const { queue } = round
      memory.round = { queue: queue.map(({ id }) => id), weak: [...round.weak].map(({ id }) => id), size: round.size }
      list.querySelector(".asked")?.classList.remove("asked")
      if (!queue.length) return finish()
      const { element, topic } = queue[0]
      progress.max = round.size
      progress.value = round.size - queue.length
      const again = queue.filter(question => round.weak.has(question)).length
      const more = again ? `, ${again} to come again` : ""
      counts.textContent = `${progress.value} of ${round.size} known in this round${more}. Topic: ${topic?.title ?? "unnamed"}.`
      element.classList.add("asked")
      element.tabIndex = -1 // so that the keys work after a click beside the words
      element.append(rate, hint)
      rate.hidden = true
      hint.hidden = false
      const details = element.querySelector("details")
      details.open = false
      panel.scrollIntoView({ block: "start" })
      details.querySelector("summary").focus({ preventScroll: true })
    }

    const answer = knew => {
      if (rate.hidden) return
      const question = round.queue.shift()
      const trouble = load() // another tab may have gone on
      const promoted = knew && !round.weak.has(question)
      memory.boxes.set(question.id, [promoted ? Math.min(Math.max(box(question), 1) + 1, DAYS.length) : 1, today()])
      const here = new Set(questions.map(({ id }) => id))
      for (const id of memory.boxes.keys()) if (!here.has(id)) memory.boxes.delete(id)
      save()
      say(memory.stored ? trouble : load())
      question.element.querySelector("details").open = false
      if (!knew) {
        round.weak.add(question)
        round.queue.splice(LATER, 0, question)
      }
      ask()
    }

    // The table of contents leads into the list, which a round hides. Instant navigation may load the page anew then.
    const follow = ({ target }) => {
      if (!panel.isConnected) return removeEventListener("click", follow, true) // as below
      if (target.closest("a")?.pathname === location.pathname) memory.round = null
    }
    const leave = () => {
      if (!panel.isConnected) return removeEventListener("hashchange", leave) // on another page the round waits
      end(false)
      document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
    }

    const start = () => {
      const queue = choose(picked())
      enter({ queue, size: queue.length, weak: new Set() })
    }

    const enter = entered => {
      round = entered
      result.hidden = form.hidden = true
      bar.hidden = false
      list.classList.add("in-round")
      addEventListener("hashchange", leave)
      addEventListener("click", follow, true)
      ask()
    }

    // Back to the list; `focus` is false where the reader goes elsewhere.
    const end = (focus = true) => {
      if (!round) return
      round = memory.round = null
      removeEventListener("hashchange", leave)
      removeEventListener("click", follow, true)
      list.querySelector(".asked")?.classList.remove("asked")
      rate.remove()
      hint.remove()
      list.classList.remove("in-round")
      bar.hidden = true
      form.hidden = false
      overview()
      if (focus) form.querySelector("button").focus()
    }

    const finish = () => {
      const { size, weak } = round
      result.replaceChildren()
      const line = (name, text) => {
        const element = document.createElement(name)
        element.textContent = text
        result.append(element)
        return element
      }
      line("p", `Round done: you knew ${size - weak.size} of ${count(size, "question")} at once.`)
      if (weak.size) {
        line("p", "Read again:")
        const places = line("ul", "")
        for (const { element } of weak) {
          const item = document.createElement("li")
          const place = element.querySelector(".whence a").cloneNode(true)
          item.append(element.querySelector("summary").textContent, " ", place)
          places.append(item)
        }
      }
      end(false)
      result.hidden = false
      form.querySelector("button").textContent = "Next round"
      result.focus()
      panel.scrollIntoView({ block: "start" })
    }

    // --- events ---

    form.addEventListener("submit", event => { event.preventDefault(); start() })
    select.addEventListener("change", () => { memory.topic = select.value; overview() })
    panel.addEventListener("click", ({ target }) => {
      if (target.dataset.do === "end") end()
      if (target.dataset.do === "reset" && confirm("Forget the progress of all questions in this browser?")) {
        forget()
        say(memory.stored ? "" : load())
        result.hidden = true
        overview()
      }
    })
    rate.addEventListener("click", ({ target }) => {
      const button = target.closest("button")
      if (button) answer(button.dataset.do === "knew")
    })
    list.addEventListener("toggle", ({ target }) => {
      if (!round || target !== round.queue[0].element.querySelector("details")) return
      rate.hidden = !target.open
      hint.hidden = target.open
      if (target.open) rate.scrollIntoView({ block: "nearest" })
    }, true)
    list.addEventListener("keydown", event => {
      if (!round || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === "1" || event.key === "2") answer(event.key === "2")
      else if (event.target.matches("article") && (event.key === "Enter" || event.key === " ")) event.target.querySelector("details").open = true
      else if (event.key === "Escape" && !document.querySelector("#hint:not([hidden])")) end() // a hint goes first
      else return
      event.preventDefault()
    })

    const trouble = load()
    if (trouble) save() // the damage is told once
    say(trouble)
    select.value = memory.topic
    if (select.selectedIndex < 0) select.selectedIndex = 0 // none was chosen yet
    overview()
    if (memory.round) {
      const named = ids => ids.map(id => questions.find(question => question.id === id)).filter(Boolean)
      const { queue, weak, size } = memory.round
      setTimeout(() => enter({ queue: named(queue), weak: new Set(named(weak)), size })) // when site.js has moved the focus
    }
  }

  begin(document.querySelector(".self-test"), document.querySelector(".gathered"))
}
