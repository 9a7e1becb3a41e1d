// A better query for the theme's search, loaded by search-worker.js beside it. The theme searches each word as the
// beginning of a word; this adds, with more weight, the word itself and the whole query as one name ("write ahead
// log" as "§writeaheadlog", see search-fields.js), takes apart what was joined ("apigateway"), and replaces a word
// that nothing on the site begins with by the nearest one that exists: the tolerance for typos. What is found it sorts
// anew, by how much of the query it holds.

const EXACT = 8, NAME = 10, PART = 1 // weights; a beginning has 1
// Words of the question, not of its topic: "design a chat system", "REST vs gRPC", "which database to use".
const ASKED = new Set(["design", "system", "interview", "vs", "versus", "difference", "use", "choose", "choosing", "pick", "work", "explain", "many", "much"])

const weights = new Map() // of each word of the site, the weight of the weightiest field it stands in
const plain = new Set() // those of them that are words, not whole names
let sortedPlain // these, sorted
let called, longest // the whole names of all pages and sections, and how long the longest is
const corrections = new Map() // of words that were asked for

// Learn the words of the site, for typos; until then each word is taken as it is.
function learn() {
  const { config, docs } = setup // of search-worker.js
  const separator = new RegExp(config.separator)
  for (const doc of docs)
    for (const [field, { boost }] of Object.entries(config.fields))
      for (const word of String(doc[field] ?? "").replace(/<[^>]+>/g, " ").toLowerCase().split(separator)) {
        const bare = field === "names" ? word.slice(1) : word
        weights.set(bare, Math.max(boost, weights.get(bare) ?? 0))
        if (field !== "names") plain.add(word)
      }
  sortedPlain = [...plain].sort()
}

const isWritten = query => /["*~^\\]|(^|\s)[-+]\S/.test(query) // in the theme's query language

function wordsOf(query) {
  return query.toLowerCase().split(new RegExp(setup.config.separator)).filter(word => /[\p{L}\p{N}]/u.test(word)).flatMap(parted)
}

// The two words that somebody wrote as one: "apigateway". Both stand in titles or names, and nothing is written nearly
// so; a little word is none of them, or "theorm" would be "the ORM".
function parted(word) {
  if (plain.has(word) || !weights.has(word) && corrected(word) !== word) return word
  for (let end = word.length - 3; end > 2; end--) {
    const parts = [word.slice(0, end), word.slice(end)]
    if (parts.every(part => plain.has(part) && lunr.stopWordFilter(part) && weights.get(part) > setup.config.fields.text.boost)) return parts
  }
  return word
}

function rewritten(query) {
  if (isWritten(query)) return query
  const words = wordsOf(query).map(corrected)
  const clauses = words.map((word, i) => {
    if (words.length > 1 && (!lunr.stopWordFilter(word) || ASKED.has(word))) return `${word}^1`
    // Too short to be a beginning of anything in particular, unless it is still being typed.
    if (words.length > 1 && word.length < (i < words.length - 1 ? 3 : 2)) return `${word}^${EXACT}`
    if (word.length < 2) return `${word}^${EXACT}` // nearly everything begins with a letter
    return `${word}^${EXACT} ${stem(word)}`
  })
  called ??= new Set(setup.docs.flatMap(({ names }) => names.split(" "))) // the runs of words of a pasted sentence are hundreds
  longest ??= Math.max(...Array.from(called, form => form.length))
  for (let start = 0; start < words.length; start++)
    for (let end = start + 1, form; end <= words.length && (form = name(words.slice(start, end))).length <= longest; end++)
      if (called.has(form)) clauses.push(`${form}^${PART}`)
  if (words.length) clauses.push(`${name(words)}^${NAME} ${name(words)}`)
  if (words.length > 1) clauses.push(`${words.join("")}^${EXACT}`) // "network topology strategy" as code has it
  return clauses.join(" ")
}

// Sort what was found, pages with their sections, anew: what holds all the words before what weighs more and holds
// some, and first what holds them side by side, or all of them in its heading and that of its page. What holds only
// words of the question is left out: "design a chess server" finds nothing rather than all that is designed.
function sorted(items, query) {
  const words = isWritten(query) ? [] : wordsOf(query)
  const asked = words.map(corrected).filter(word => lunr.stopWordFilter(word) && !ASKED.has(word))
  if (words.length < 2 || !asked.length) return items
  const phrase = new RegExp(`(?<![\\p{L}\\p{N}])${words.map(word => word.replace(/[$.*+?()[\]{}|/]/g, "\\$&")).join("[\\s-]+")}`, "iu")
  const whole = name(words)
  const stems = asked.map(stem)
  const docs = items.flat()
  const holds = (doc, i) => [asked[i], stems[i], name([asked[i]])].some(term => doc.terms[term])
  // A rare word says more of what is meant than a common one.
  const rarity = asked.map((_, i) => Math.log(1 + documents.size / (1 + docs.filter(doc => holds(doc, i)).length)))
  const sum = numbers => numbers.reduce((one, other) => one + other, 0)
  for (const doc of docs) {
    const found = doc.terms[whole] ? 1 : sum(rarity.filter((_, i) => holds(doc, i))) / sum(rarity)
    const { title, page = "", text } = documents.get(doc.location)
    const heading = `${page} ${title}`.toLowerCase()
    const named = doc.terms[whole] || stems.every(word => heading.includes(word))
    doc.score *= found ** 2 * (named || phrase.test(text) ? 2 : 1)
  }
  items.forEach(docs => docs.sort((one, other) => other.score - one.score))
  // What holds nothing but the little words of the query is no answer; a page above its sections may hold none itself.
  return items.filter(docs => docs.some(({ score }) => score)).sort(([one], [other]) => other.score - one.score)
}

// Whole names are told apart from words by "§"; search-fields.js writes them the same way.
function name(words) {
  return "§" + words.join("").replace(/[^\p{L}\p{N}.]|\.(?!\d)/gu, "") // 1.6 is not 16
}

// The part of a word that its other forms begin with too: "sharded" gives "shard".
function stem(word) {
  const stem = lunr.stemmer(new lunr.Token(word)).toString().replace(/(?<=....)i$/, "") // not "ser" of "series"
  return stem.length > 2 && word.startsWith(stem) ? stem : word
}

// Return the word, or the nearest that the site has; of a query each word is asked for several times, and looked up once.
function corrected(word) {
  if (!sortedPlain) return word
  if (!corrections.has(word)) corrections.set(word, nearest(word))
  return corrections.get(word)
}

// The nearest if no word begins with it: one edit away, two for a long word.
function nearest(word) {
  const limit = word.length < 4 || /\d/.test(word) ? 0 : word.length < 8 ? 1 : 2
  if (!limit || weights.has(word) || isBeginning(word)) return word
  let best = word, least = Infinity
  for (const [other, weight] of weights) {
    if (Math.abs(other.length - word.length) > limit) continue
    const edits = distance(word, other, limit)
    const cost = edits - weight / 1000 // among the near, rather a name than a word of the text
    if (edits <= limit && cost < least) [best, least] = [other, cost]
  }
  return best
}

function isBeginning(word) {
  let low = 0, high = sortedPlain.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sortedPlain[middle] < word) low = middle + 1
    else high = middle
  }
  return sortedPlain[low]?.startsWith(word)
}

// Letters to insert, delete, replace or swap with their neighbor (optimal string alignment); above `limit` any
// number above it.
function distance(a, b, limit) {
  let older, last, row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    [older, last, row] = [last, row, [i]]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], older[j - 2] + 1)
    }
    if (Math.min(...row) > limit) return limit + 1
  }
  return row[b.length]
}

// Take out of the terms of results, which the theme shows and highlights, names; and of those it says are missing, words
// that are there in another form or in a name, and what the reader did not type.
function forget(docs, query) {
  const words = isWritten(query) ? [] : wordsOf(query).map(corrected)
  const whole = name(words)
  for (const { terms } of docs) {
    const found = Object.keys(terms).filter(term => terms[term])
    const isThere = word => terms[whole] || terms[name([word])] || found.some(term => word.startsWith(term))
    const others = Object.keys(terms).filter(term => term.startsWith("§") || !terms[term] && (isThere(term) || words.length && !words.includes(term)))
    for (const term of others) delete terms[term]
  }
}
