"""Measures how much a first visit of a page fetches, and what Lighthouse says of it. Part of `make bench`.

Weights come from a real browser with an empty cache and a server that compresses as GitHub Pages does: every
response until the network is idle, before search is touched. They do not depend on how busy the machine is. What
Lighthouse finds on a simulated phone (its mobile settings: slow 4G, processor four times slower) does; it is given as
the median of five runs, for which `npm ci` has to have been run; of the topic pages as the worst of their medians. Since
the scripts of a page start with the first tap on a phone (overrides/partials/start.html), which Lighthouse does not see,
what that costs is measured too.
"""

import functools
import gzip
import http.server
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser

from hooks.offline import find_node
from tests import chromium

ROOT = Path(__file__).parent.parent
RUNS = 5
LIMIT = 95_000  # bytes of a first visit: the home page and every topic page
TOPICS = ("fundamentals/", "technologies/", "patterns/", "scenarios/")
NAMED = {"home": "", "topic with diagrams": "technologies/kafka/", "cheat sheet": "reference/cheat-sheet/", "glossary": "reference/glossary/"}
TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml", ".webmanifest", ".txt"}  # what is worth compressing
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SPEED = CATEGORIES[:1]  # alone asked of all topic pages; tests/test_access.py has axe read each
PHONE = (  # what else Lighthouse measures, in the order of `lighthouse`: name, form, goal
    ("largest contentful paint on a simulated phone", lambda ms: f"{ms / 1000:.2f} s", "at most 1.4 s"),
    ("total blocking time", lambda ms: f"{ms:.0f} ms", "at most 60 ms"),
    ("layout shift", lambda shift: f"{shift:g}", "0"),
    ("requests to other hosts", lambda requests: f"{requests:g}", "0"),
)


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
    home = fetched(browser, server, "")
    return {page: sum(visit(folder, page, home).values()) for page in dict.fromkeys([*NAMED.values(), *topics_of(folder)])}


def topics_of(folder: Path) -> list[str]:
    """Return the addresses of the topic pages of the site in `folder`."""
    addresses = {path.parent.relative_to(folder).as_posix() + "/" for path in folder.rglob("index.html")}
    return sorted(address for address in addresses if address.startswith(TOPICS))


def visit(folder: Path, page: str, home: dict[str, int]) -> dict[str, int]:
    """Return the bytes of each response of a first visit of a page, by path, from those of the home page."""
    if not page:
        return home
    named, on_home = named_by(folder, page), named_by(folder, "")
    own = {f"/{page}": folder / page / "index.html"} | {path: folder / path[1:] for path in named - home.keys()}
    shared = {path: size for path, size in home.items() if path != "/" and (path in named or path not in on_home)}
    return shared | {path: len(gzip.compress(file.read_bytes())) for path, file in own.items()}


def named_by(folder: Path, page: str) -> set[str]:
    """Return the paths of the style sheets, scripts and pictures that the tags of a page name."""
    html = (folder / page / "index.html").read_text(encoding="utf-8")
    named = re.findall(r"<(?:link(?=[^>]*\srel=\"?stylesheet\b)|script|img)\b[^>]*?\s(?:href|src)=\"?([^\s\">]+)", html)
    return {urlsplit(urljoin(f"http://site/{page}", name)).path for name in named if not name.startswith("data:")}


def lighthouse(url: str, categories: tuple[str, ...]) -> dict[str, float]:
    """Return what one run of Lighthouse finds: milliseconds, layout shift, requests to other hosts, scores of 100.

    Raises:
        subprocess.CalledProcessError: Lighthouse is not installed (`npm ci`), or could not measure.
    """
    command = [find_node(), "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json", "--disable-full-page-screenshot"]
    command.append(f"--only-categories={','.join(categories)}")
    flags = " ".join(["--headless=new", *chromium.FLAGS])
    environment = os.environ | {"CHROME_PATH": chromium.find() or ""}
    done = subprocess.run([*command, f"--chrome-flags={flags}"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    value = {name: report["audits"][name]["numericValue"] for name in ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")}
    hosts = [urlsplit(item["url"]).netloc for item in report["audits"]["network-requests"]["details"]["items"]]
    other = sum(host not in ("", urlsplit(url).netloc) for host in hosts)
    return value | {"other": other} | {name: round(100 * report["categories"][name]["score"]) for name in categories}


def medians(url: str, categories: tuple[str, ...]) -> list[float]:
    """Return the medians of what some runs of Lighthouse find, in the order of `lighthouse`."""
    runs = [lighthouse(url, categories) for _ in range(RUNS)]
    return [median(run[key] for run in runs) for key in runs[0]]


def first_tap(browser: Browser, url: str) -> float:
    """Return the milliseconds for which the first tap on a page keeps a processor four times slower from the next one."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, has_touch=True, is_mobile=True, bypass_csp=True)
    tab = context.new_page()
    tab.goto(url)
    tab.wait_for_load_state("networkidle")
    context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.evaluate("""() => {
      window.tasks = []
      new PerformanceObserver(list => tasks.push(...list.getEntries().map(task => task.duration))).observe({ type: "longtask" })
    }""")
    tab.locator("h1").tap()
    tab.wait_for_function("window.document$")
    tab.wait_for_timeout(1000)  # in which its work ends
    longest = max(tab.evaluate("tasks"), default=0)
    context.close()
    return longest


def weight_figures(browser: Browser, server: Server, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what first visits of the site in `folder` weigh."""
    sizes = weights(browser, server, folder)
    topics = {page: sizes[page] for page in topics_of(folder)}
    heaviest = max(topics, key=topics.__getitem__)
    limit = f"at most {LIMIT / 1000:g} kB"
    yield "first visit: home page", f"{sizes[''] / 1000:.1f} kB", limit
    yield f"first visit: heaviest of {len(topics)} topic pages, {heaviest}", f"{topics[heaviest] / 1000:.1f} kB", limit
    yield "first visit: median topic page", f"{median(topics.values()) / 1000:.1f} kB", limit


def phone_figures(browser: Browser, server: Server, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what Lighthouse finds on the site in `folder`, and of what a first tap costs."""
    topics = topics_of(folder)
    yield from on_a_phone(f"worst of {len(topics)} topic pages", {page: medians(server.url + page, SPEED) for page in topics})
    for name, page in NAMED.items():
        found = medians(server.url + page, CATEGORIES)
        yield from on_a_phone(name, {page: found})
        tap = median(first_tap(browser, server.url + page) for _ in range(RUNS))
        yield f"{name}: longest task after the first tap, which starts the scripts", f"{tap:.0f} ms", "none set"
        yield f"{name}: {', '.join(CATEGORIES)}", ", ".join(f"{score:g}" for score in found[len(PHONE) :]), "100 each"


def on_a_phone(label: str, found: dict[str, list[float]]) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what Lighthouse measures of pages, whose figures `found` has by address: of the worst."""
    for number, (figure, form, goal) in enumerate(PHONE):
        values = {page: figures[number] for page, figures in found.items()}
        worst = max(values, key=values.__getitem__)
        which = f"{label}, {worst}" if len(set(values.values())) > 1 else label
        yield f"{which}: {figure}", form(values[worst]), goal
