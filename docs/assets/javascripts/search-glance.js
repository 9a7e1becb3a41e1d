// A first answer, loaded by search-worker.js, which gives it while it indexes: what is called as the query is, or begins
// so. It goes by the titles and names that travel with the index; other forms, texts and typos are up to the index.

const MOST = 10 // pages

const TAGS = { "\n": "<p>", "\r": "</p>", "\t": "<li>", "\f": "</li>" } // by their signs in an index that travels

// Make documents of an index that comes field by field, in which a section's location is its anchor alone, or "#" if that
// follows from the title, and a text has signs for tags.
function rows(columns) {
  let page = ""
  return columns.location.map((location, number) => {
    const doc = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[number]]))
    if (!location.startsWith("#")) page = location
    else doc.location = page + (location === "#" ? location + anchorOf(doc.title) : location)
    doc.text = doc.text.replace(/`(.*?)`/g, "<code>$1</code>").replace(/[\n\r\t\f]/g, sign => TAGS[sign])
    return doc
  })
}

// The anchor that a title has unless it is given another.
function anchorOf(title) {
  return title.replace(/<[^>]+>/g, "").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[-\s]+/g, "-")
}

// Return pages with those of their sections, the best first, in the form of the theme's results.
function glance(docs, query) {
  const words = wordsIn(query)
  const terms = Object.fromEntries(words.map(word => [word, true])) // which the theme highlights
  const pages = []
  for (const { location, title, names, boost } of words.length ? docs : []) {
    const doc = { location, title, text: "", terms }
    const called = [title.replace(/<[^>]+>|&(amp|lt|gt);/g, " "), ...(names?.split("|") ?? [])].map(wordsIn)
    const isPage = !location.includes("#")
    if (isPage) pages.push({ doc, called, sections: [] })
    const page = pages.at(-1)
    doc.score = alike(words, called, isPage ? [] : page.called.flat()) * boost
    if (!isPage && doc.score) page.sections.push(doc)
  }
  const best = docs => Math.max(...docs.map(({ score }) => score))
  return pages.map(({ doc, sections }) => [doc, ...sections].sort((one, other) => other.score - one.score))
    .filter(best).sort((one, other) => best(other) - best(one)).slice(0, MOST)
}

// How much a query is like what a page or section is called: 3 the same, 2 its beginning, 1 all its words begin so, if
// need be with those of the page it stands on.
function alike(words, called, around) {
  const whole = words.join(""), names = called.map(name => name.join(""))
  if (names.includes(whole)) return 3
  if (names.some(name => name.startsWith(whole))) return 2
  const begins = (names, word) => names.some(name => name.startsWith(word))
  const own = called.flat()
  return Number(words.every(word => begins(own, word) || begins(around, word)) && words.some(word => begins(own, word)))
}

function wordsIn(name) {
  return name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
