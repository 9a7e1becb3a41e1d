"""Measures how much a first visit of a page fetches, and what Lighthouse says of it: `python -m benchmarks.pages`.

Weights come from a real browser with an empty cache and a server that compresses as GitHub Pages does: every
response until the network is idle, before search is touched. They do not depend on how busy the machine is. What
Lighthouse finds on a simulated phone (its mobile settings: slow 4G, processor four times slower) does; it is given as
the median of five runs, for which `npm ci` has to have been run.
"""

import functools
import gzip
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests import chromium

ROOT = Path(__file__).parent.parent
RUNS = 5
LIMIT = 95_000  # bytes of a first visit: the home page and every topic page
TOPICS = ("fundamentals/", "technologies/", "patterns/", "scenarios/")
NAMED = {"home": "", "topic with diagrams": "technologies/kafka/", "cheat sheet": "reference/cheat-sheet/", "glossary": "reference/glossary/"}
TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml", ".webmanifest", ".txt"}  # what is worth compressing
COLUMNS = ("page", "first visit", "largest paint", "blocked", "shift", "other hosts", "performance", "accessibility", "best practices", "SEO")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as GitHub Pages does: text compressed with gzip, ten minutes in the reader's cache."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        body = (path if found else Path(self.directory, "404.html")).read_bytes()
        compressed = path.suffix in TEXT or not found
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(path) if found else "text/html")
        self.send_header("Cache-Control", "max-age=600")
        if compressed:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.sent[self.path] = len(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A server of this machine, on a free port, that remembers how many bytes it sent for each path."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), functools.partial(Compressing, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.sent: dict[str, int] = {}


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve a folder meanwhile."""
    server = Server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def fetched(browser: Browser, server: Server, page: str) -> dict[str, int]:
    """Return the bytes of each response of a first visit of a page, as compressed, by path."""
    server.sent.clear()
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(server.url + page)
    tab.wait_for_load_state("networkidle")
    context.close()
    return dict(server.sent)


def weights(browser: Browser, server: Server, folder: Path) -> dict[str, int]:
    """Return the bytes of a first visit of the home page, the topic pages and the others of NAMED, by address.

    The browser visits the home page alone; each other page fetches the same and what its own tags name besides.
    """
    addresses = {path.parent.relative_to(folder).as_posix() + "/" for path in folder.rglob("index.html")}
    topics = sorted(address for address in addresses if address.startswith(TOPICS))
    home = fetched(browser, server, "")
    return {page: sum(visit(folder, page, home).values()) for page in dict.fromkeys([*NAMED.values(), *topics])}


def visit(folder: Path, page: str, home: dict[str, int]) -> dict[str, int]:
    """Return the bytes of each response of a first visit of a page, by path, from those of the home page."""
    if not page:
        return home
    file = folder / page / "index.html"
    html = file.read_text(encoding="utf-8")
    named = re.findall(r"<(?:link rel=\"?stylesheet\"?|script|img)\b[^>]*?\s(?:href|src)=\"?([^\s\">]+)", html)
    paths = {urlsplit(urljoin(f"http://site/{page}", name)).path for name in named if not name.startswith("data:")}
    own = {f"/{page}": file} | {path: folder / path[1:] for path in paths - home.keys()}
    shared = {path: size for path, size in home.items() if path != "/"}
    return shared | {path: len(gzip.compress(file.read_bytes())) for path, file in own.items()}


def lighthouse(url: str) -> dict[str, float]:
    """Return what one run of Lighthouse finds: milliseconds, layout shift, requests to other hosts, scores of 100.

    Raises:
        subprocess.CalledProcessError: Lighthouse is not installed, or could not measure.
    """
    command = ["node", "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json"]
    flags = " ".join(["--headless=new", *chromium.FLAGS])
    environment = os.environ | {"CHROME_PATH": chromium.find() or ""}
    done = subprocess.run([*command, f"--chrome-flags={flags}"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    value = {name: report["audits"][name]["numericValue"] for name in ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")}
    hosts = [urlsplit(item["url"]).netloc for item in report["audits"]["network-requests"]["details"]["items"]]
    other = sum(host not in ("", urlsplit(url).netloc) for host in hosts)
    return value | {"other": other} | {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}


def rows(server: Server, browser: Browser, folder: Path, runs: int = RUNS) -> Iterator[list[str]]:
    """Yield the cells of the table: a row for each page of NAMED, then one for each topic page."""
    sizes = weights(browser, server, folder)
    for name, page in NAMED.items():
        found = [lighthouse(server.url + page) for _ in range(runs)]
        paint, blocked, shift, other, *scores = (median(one[key] for one in found) for key in found[0])
        figures = [f"{paint / 1000:.2f} s", f"{blocked:.0f} ms", f"{shift:.3f}", f"{other:g}", *(f"{score:g}" for score in scores)]
        yield [name, f"{sizes[page] / 1000:.1f} kB", *figures]
    for page, size in sorted(sizes.items(), key=lambda item: -item[1]):
        if page.startswith(TOPICS):
            yield [page, f"{size / 1000:.1f} kB", *[""] * (len(COLUMNS) - 2)]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary, served(Path(temporary)) as server, sync_playwright() as playwright:
        # Instant navigation works where the site says it stands.
        environment = os.environ | {"SITE_URL": server.url, "NO_MKDOCS_2_WARNING": "1"}
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", temporary]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
        for row in rows(server, browser, Path(temporary)):
            print(f"| {' | '.join(row)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
