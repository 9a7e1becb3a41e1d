// Prints, as JSON, what is kept for offline of the built site in a folder: the address of each file, a hash by which
// Workbox sees that it has changed, and one by which the browser sees that it got that very file. Before that it
// writes into the pages with a "Keep for offline" how large all of it is. hooks/offline.py runs this.

const { createHash } = require("node:crypto")
const { readFileSync, writeFileSync } = require("node:fs")
const { join } = require("node:path")
const { getManifest } = require("workbox-build")

const [folder, worker] = process.argv.slice(2)
const PAGES = ["index.html", "404.html"]
const MEGABYTE = 1e6 // as browsers and phones count

const options = {
  globDirectory: folder,
  // The navigation reads sitemap.xml. Pages as Markdown, maps and the deck of cards are not for reading offline.
  globPatterns: ["**/*.{html,css,js,json,svg,png,jpg,jpeg,gif,webp,avif,ico,woff2,pdf,webmanifest}", "sitemap.xml"],
  globIgnores: [worker, "assets/social/**", "assets/javascripts/lunr/**"],
  maximumFileSizeToCacheInBytes: 100 * MEGABYTE,
  manifestTransforms: [entries => (tell(entries), { manifest: entries.map(kept).sort((a, b) => (a.url < b.url ? -1 : 1)) })],
}

// Writes into the pages that tell it how large all files are.
function tell(entries) {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0)
  for (const page of PAGES) {
    const path = join(folder, page)
    const html = readFileSync(path, "utf8")
    writeFileSync(path, html.replace(/ data-size="[^"]*"/, ` data-size="${(size / MEGABYTE).toFixed(1)}"`))
  }
}

// A page is asked for by the address of its folder. Workbox hashed its file before the size stood in it.
function kept(entry) {
  const { url } = entry
  const content = readFileSync(join(folder, url))
  const hash = (algorithm, form) => createHash(algorithm).update(content).digest(form)
  return {
    ...entry,
    url: url === "index.html" ? "./" : url.replace(/\/index\.html$/, "/"),
    revision: hash("md5", "hex"),
    integrity: `sha256-${hash("sha256", "base64")}`,
  }
}

async function main() {
  const { manifestEntries, warnings } = await getManifest(options)
  if (warnings.length) throw new Error(warnings.join("\n"))
  console.log(JSON.stringify(manifestEntries))
}

main()
