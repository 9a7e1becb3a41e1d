// What search-worker.js finds a document by besides its title and text, derived here so that the index stays small.
// hooks/search_keywords.py says of a section which names it is the home of and which figures it shows; from these,
// and from the document itself, come the fields whose weights stand in the index:
//
// - names: each name as one word after a "§", as search-query.js asks for it, and a heading of several words that
//   nothing else is called;
// - keywords: the words of the names in other forms, and figures as people type them;
// - callouts: the titles of scenarios and the like, as "Ad-click aggregator";
// - page: the page that a section stands on, so that "kafka replication" finds the section of that page.

// What people call things, besides the aliases of the glossary.
const INFORMAL = {
  __proto__: null, // else "constructor" is in it
  authentication: "auth", authorization: "auth", configuration: "config", database: "db", dynamodb: "dynamo ddb",
  elasticsearch: "elastic es", geospatial: "geo", javascript: "js", kubernetes: "k8s", "load balanc": "lb", mongodb: "mongo",
  postgresql: "postgres psql pgsql pg", repository: "repo", websocket: "ws wss", zookeeper: "zk",
}
const NUMERALS = { __proto__: null, zero: "0", one: "1", two: "2", three: "3", four: "4" }
const ENDINGS = [["ies", ["y"]], ["ex", ["exes", "ices"]], ["s", [""]], ["x", ["xes"]], ["h", ["hs", "hes"]]]
const CALLOUT = /<p>(\S[^<]*[^<.?!:\s])<\/p>/g // its title: a paragraph that ends without a stop; hooks/search_keywords.py has the same

// Fill in the fields of all documents, of which a page stands before its sections.
function complete(docs) {
  const times = new Map() // how many have each title or name
  for (const doc of docs)
    for (const form of new Set([plainTitle(doc), ...namesOf(doc)].map(name => whole(name)[0]))) times.set(form, (times.get(form) ?? 0) + 1)
  let parent = ""
  for (const doc of docs) {
    const [page, anchor] = doc.location.split("#")
    const title = plainTitle(doc)
    const names = namesOf(doc)
    const heading = / /.test(title) ? whole(title).slice(0, 1).filter(form => anchor && times.get(form) === 1) : []
    names.push(...(INFORMAL[title.toLowerCase()]?.split(" ") ?? [])) // "zk" is all of ZooKeeper, and nothing of Zab
    const figures = doc.figures ? doc.figures.split(" ") : []
    if (anchor) doc.page = parent
    else {
      const address = page.replace(/\/$/, "").replace(/.*\//, "").replaceAll("-", " ")
      names.push(...[title, address].filter(Boolean))
      parent = [title, address, ...informal(title)].join(" ")
    }
    const numbers = Array.from(`${doc.text} ${doc.further ?? ""}`.matchAll(/\b\d{1,3}(?:,\d{3})+\b/g), ([number]) => number.replaceAll(",", ""))
    doc.names = distinct([...names.flatMap(whole), ...heading, ...figures.filter(form => /\D/.test(form))].map(form => "§" + form))
    doc.keywords = distinct([...names.flatMap(forms), ...otherForms(title), ...informal(title), ...figures, ...numbers])
    doc.callouts = doc.appendix ? "" : Array.from(doc.text.matchAll(CALLOUT), ([, title]) => title).join(" ")
  }
  return docs
}

function plainTitle({ title }) {
  return title.replace(/<[^>]+>/g, "").replace(/&(amp|lt|gt);/g, " ")
}

// Its names in the glossary and above its page's text.
function namesOf({ names }) {
  return names ? names.split("|") : []
}

function distinct(words) {
  return [...new Set(words)].join(" ")
}

// A name as one word, in singular and plural, with digits for numerals, and its initials.
function whole(name) {
  const words = name.toLowerCase().replaceAll("'", "").match(/(?:[\p{L}\p{N}]|\.(?=\d))+/gu)
  if (!words) return []
  const found = bothNumbers(words.at(-1)).map(last => words.slice(0, -1).join("") + last)
  if (words.some(word => word in NUMERALS)) found.push(words.map(word => NUMERALS[word] ?? word).join(""))
  if (words.length > 2) found.push(words.map(word => word[0]).join(""))
  return found
}

// The words of a name, their singulars and plurals, the parts of "WebSocket", and informal names.
function forms(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  const parts = words.flatMap(word => word.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).filter(part => part.length > 1)
  const numerals = words.map(word => NUMERALS[word.toLowerCase()]).filter(Boolean)
  return [...words.flatMap(word => bothNumbers(word.toLowerCase())), ...numerals, ...parts.map(part => part.toLowerCase()), ...informal(name)]
}

// The singulars and plurals of the words of a title that do not stand in it: "Leaderboards" is asked for as "leaderboard".
function otherForms(title) {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.flatMap(bothNumbers).filter(form => !words.includes(form))
}

// What people call a name that holds a word of INFORMAL.
function informal(name) {
  const lower = name.toLowerCase()
  return Object.keys(INFORMAL).filter(word => lower.includes(word)).flatMap(word => INFORMAL[word].split(" "))
}

// A noun, and its plural or its singular.
function bothNumbers(noun) {
  const hissing = /(ss|us|is)$/.test(noun)
  for (const [ending, others] of ENDINGS)
    if (noun.endsWith(ending) && !hissing) return [noun, ...others.map(other => noun.slice(0, -ending.length) + other)]
  if (/[^aeiou]y$/.test(noun)) return [noun, noun.slice(0, -1) + "ies"]
  return [noun, noun + (hissing ? "es" : "s")]
}
