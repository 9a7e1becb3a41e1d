// The service worker: answers from one version of the site, whole.
//
// A version is a list of files with their hashes. It is fetched completely beside the one in use, each file checked
// against its hash, or not at all: a site that is just being published, or a connection that breaks, changes nothing.
// It takes over when no page of the old version is open any more, which also is the moment when the only open page
// gives way to the next one. Instant navigation is no such moment: it reads the files of the version of its page.

const precache = new workbox.precaching.PrecacheController({ plugins: [{ handlerDidComplete: report }] })
precache.addToCacheList(self.__WB_MANIFEST)

const total = precache.getCachedURLs().length
const DOUBT = 10_000 // milliseconds; see givesWay
const AGAIN = "<!doctype html><title>Updating</title><script>location.reload()</script>"
let done = 0
let blank // the id of the page that only asks again
let asked = 0 // when it was last given

addEventListener("install", event => {
  event.waitUntil(precache.install(event).catch(error => tell({ failed: error.name })))
})
addEventListener("activate", event => precache.activate(event)) // forgets what only the old version had
addEventListener("message", ({ data }) => data === "activate" && skipWaiting())
addEventListener("fetch", event => {
  const { method, mode, url } = event.request
  if (method !== "GET" || !url.startsWith(registration.scope)) return
  event.respondWith(mode === "navigate" ? page(event) : file(event.request))
})

function report({ error }) {
  if (!error) tell({ done: ++done, total })
}

async function tell(message) {
  for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage(message)
}

// The address of a file: without what stands behind "?" and "#".
const address = url => url.replace(/[?#].*/, "").replace(/\/index\.html$/, "/")
const known = url => precache.getCacheKeyForURL(url)

// What is not in the list, as the pictures for social networks, comes from the network. A response that has an address
// would become the address of the search worker, without what stands behind its "#".
async function file(request) {
  const found = await precache.matchPrecache(address(request.url))
  return found ? new Response(found.body, { headers: found.headers }) : fetch(request)
}

async function page(event) {
  const { request } = event
  const url = address(request.url)
  const left = /\.(?!html$)\w+$/.test(url) && !known(url) // a file that is left out
  if (left) return fetch(request)
  if (!known(url) && !known(url + "/")) await newest()
  if (registration.waiting && (await givesWay(event)))
    return new Response(AGAIN, { headers: { "Content-Type": "text/html; charset=utf-8" } })
  if (known(url)) return (await precache.matchPrecache(url)) ?? fetch(request)
  if (known(url + "/")) return Response.redirect(url + "/")
  const missing = await precache.matchPrecache("404.html")
  return missing ? new Response(missing.body, { status: 404, headers: missing.headers }) : fetch(request)
}

// A page that this version lacks may be new: get the newest version, if there is a network.
async function newest() {
  if (!navigator.onLine) return // the browser would try for seconds
  try {
    await registration.update()
  } catch {
    return
  }
  const next = registration.installing
  if (next) await new Promise(resolve => next.addEventListener("statechange", resolve, { once: true }))
}

// Whether the version that waits takes over now, before this page is answered; it is then asked for again.
// A browser does not say whether the one open page is the one that gives way or stands in another tab. A blank page
// in between shows: if there still is another one behind it, the new version has to wait.
async function givesWay(event) {
  const others = (await clients.matchAll()).filter(({ id }) => id !== blank)
  if (others.length > 1 || (others.length && Date.now() - asked < DOUBT)) return false
  if (!others.length) registration.waiting.postMessage("activate")
  blank = event.resultingClientId
  asked = Date.now()
  return true
}
