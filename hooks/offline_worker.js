// The service worker: answers from one version of the site, whole.
//
// A version is a list of files with their hashes. Those that the one in use does not have are fetched beside it, each
// checked against its hash, all or none: a site that is just being published, or a connection that breaks, changes nothing.
// Then it waits, as browsers do by themselves, until no page of the version in use is open, or until a reader asks for
// it in the only page that is (offline.js). A page, and what instant navigation makes of it, is thus of one version.

const precache = new workbox.precaching.PrecacheController({ plugins: [{ handlerDidComplete: report }] })
precache.addToCacheList(self.__WB_MANIFEST)

const total = precache.getCachedURLs().length
let done = 0

addEventListener("install", event => {
  event.waitUntil(precache.install(event).catch(error => tell({ failed: error.name })))
})
addEventListener("activate", event => precache.activate(event)) // forgets what only the old version had
addEventListener("message", event => event.waitUntil(takeOver(event.source)))
addEventListener("fetch", event => {
  const { method, url } = event.request
  if (method === "GET" && url.startsWith(registration.scope)) event.respondWith(answer(event.request))
})

function report({ error }) {
  if (!error) tell({ done: ++done, total })
}

async function tell(message) {
  for (const page of await pages()) page.postMessage(message)
}

async function pages() {
  const open = await clients.matchAll({ includeUncontrolled: true })
  return open.filter(({ url }) => url.startsWith(registration.scope))
}

// A page that asks is told how many others are in the way.
async function takeOver(page) {
  const others = (await pages()).length - 1
  page.postMessage({ others })
  if (!others) skipWaiting()
}

// What is not in the list, as the pictures for social networks, comes from the network. A page never does: it would be
// of another version than its files.
async function answer(request) {
  const url = request.url.replace(/[?#].*/, "").replace(/\/index\.html$/, "/")
  const known = url => precache.getCacheKeyForURL(url)
  if (known(url)) return (await kept(url)) ?? fetch(request)
  if (known(url + "/")) return Response.redirect(url + "/")
  const page = !/\.(?!html$)\w+$/.test(url)
  return (page && (await kept("404.html", 404))) || fetch(request)
}

// A response with an address of its own would become that of the search worker, without what stands behind its "#".
async function kept(url, status = 200) {
  const found = await precache.matchPrecache(url)
  return found && new Response(found.body, { status, headers: found.headers })
}
