// The search worker. It loads nothing until somebody is about to search: what search.js says by a blank as query,
// and a first word says too. Then it fetches the index and loads the theme's worker, whose script follows the "#" of
// this one's address (overrides/main.html) and ours. The first keys are answered by a glance at what things are called
// (search-glance.js). Names and titles are indexed next, in a third of the time that all takes, and answer until the texts
// are there too. The theme is told at once that search is ready; it has got an index without documents
// (hooks/search_keywords.py).
//
// In a copy of the site read from the disk this runs in a frame instead of a worker (hooks/disk.py): its address is
// that of the page, `importScripts` returns a promise, and what cannot be fetched is loaded as a script.

const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3 // the theme's types of messages
const INDEX = "../../search/full_index.json"
const DISK_INDEX = "../../search/full_index.js"
const NAMES = 150, TEXTS = 400 // milliseconds without a key before these are indexed, which nothing interrupts

const here = self.document?.currentScript.src ?? location.href
const theme = new URL(here).hash.slice(1).split("?")[0]
// With what each leaves behind.
const SCRIPTS = [[theme, "lunr"], ["search-glance.js", "glance"], ["search-query.js", "rewritten"], ["search-fields.js", "complete"]]

let setup // configuration and documents of the index
let documents // these, by location
let query = "" // the last one asked
let state = "waiting" // then "loading", "loaded", "indexing", "ready" with names and titles, "complete"
let rest // the timer of what is to be indexed next
let turn // the timer of the next answer
let own = false // whether a message is from here, to the theme's worker

addEventListener("message", event => {
  if (own) return
  event.stopImmediatePropagation()
  const { type, data } = event.data
  if (type === SETUP) {
    setup = data
    send({ type: READY })
  } else if (type === QUERY) {
    query = data
    if (state === "loaded") look()
    if (state === "ready") index(texts, TEXTS)
    if (state === "ready" || state === "complete") answer()
    else if (query && state === "waiting") load()
    else if (!query && state !== "loading") send({ type: RESULT, data: { items: [] } })
  }
})

const send = postMessage.bind(self)
self.postMessage = message => { // what the theme's worker says
  if (message.type === RESULT) {
    message.data.items = sorted(message.data.items, query)
    if (state === "ready" && query.trim() && !message.data.items.length) return index(texts, NAMES) // which may have it: soon
    forget(message.data.items.flat(), query)
  }
  send(message)
  if (message.type !== READY) return
  if (state === "indexing") {
    state = "ready"
    index(texts, TEXTS)
  } else {
    state = "complete"
    learn()
  }
  answer()
}

// Index names or texts once nobody types.
function index(next, pause) {
  clearTimeout(rest)
  rest = setTimeout(next, pause)
}

function names() {
  state = "indexing"
  complete(setup.docs)
  documents = new Map(setup.docs.map(doc => [doc.location, doc]))
  const { text, further, code, ...fields } = setup.config.fields
  tell(SETUP, { ...setup, config: { ...setup.config, fields }, docs: setup.docs.map(doc => ({ ...doc, text: "" })) })
}

function texts() {
  tell(SETUP, setup)
}

// Answer before anything is indexed.
function look() {
  const items = glance(setup.docs, query)
  if (items.length) send({ type: RESULT, data: { items } })
  index(names, NAMES)
}

// Of what was typed meanwhile only the last counts.
function answer() {
  clearTimeout(turn)
  turn = setTimeout(() => tell(QUERY, rewritten(query)))
}

async function load() {
  state = "loading"
  try {
    const file = fetched() // arrives while the scripts do
    for (const [script, made] of SCRIPTS) if (!self[made]) await scripts(script) // not again what arrived before another failed
    setup.docs = rows((await file).docs)
    state = "loaded"
    look()
  } catch (error) {
    state = "waiting" // the next key that goes up tries again
    throw error
  }
}

async function fetched() {
  if (!self.document) return (await fetch(INDEX)).json()
  await scripts(DISK_INDEX)
  return fullIndex
}

function scripts(...names) {
  return importScripts(...names.map(name => new URL(name, here).href))
}

function tell(type, data) {
  own = true
  dispatchEvent(new MessageEvent("message", { data: { type, data } }))
  own = false
}
