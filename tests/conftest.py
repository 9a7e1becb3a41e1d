"""The built site, a server for it and a real browser: made once for all tests."""

import functools
import http.server
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EDIT_URI = "https://example.com/notes/edit/{path}"
# Scripts that make of a browser one that keeps nothing: forbidden, full.
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError') } })",
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
)


@dataclass(frozen=True)
class Site:
    """A built site: its folder, the address it is served at, and what the build printed."""

    folder: Path
    url: str
    log: str

    @property
    def pages(self) -> list[str]:
        """Addresses of all pages, relative to the root: "", "fundamentals/storage/", "404.html"."""
        files = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html"))
        return [file.removesuffix("index.html") for file in files]

    def read(self, page: str) -> str:
        return (self.folder / page / "index.html" if not page.endswith(".html") else self.folder / page).read_text()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a built site as GitHub Pages does: an unknown address answers 404.html."""

    def log_message(self, *_):
        pass

    def send_error(self, code, message=None, explain=None):
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def build_and_serve(folder: Path, **environment: str):
    """Build the site into `folder`, yield it served on a free port, and stop."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    url = f"http://127.0.0.1:{server.server_port}/"
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ
        | {"SITE_URL": url, "EDIT_URI": EDIT_URI, "CHROMIUM": chromium.find() or ""}
        | {"SHEET_PDF": "required", "NO_MKDOCS_2_WARNING": "1"}
        | environment,
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stderr
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(folder, url, build.stderr)
    server.shutdown()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site as published."""
    yield from build_and_serve(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def browser_drawn_site(tmp_path_factory):
    """The site with every diagram left to mkdocs-mermaid2-plugin and the reader's browser."""
    yield from build_and_serve(tmp_path_factory.mktemp("browser-drawn"), DIAGRAMS="browser")


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    assert path, "no Chromium: run `make test`, which installs one"
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


LAID_OUT = "![...document.querySelectorAll('article *')].some(block => getComputedStyle(block).contentVisibility === 'auto')"


def wait_until(page: Page, condition: str) -> None:
    """Wait until an expression holds in a page, whose policy forbids Playwright to wait for it there."""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def begin(page: Page) -> None:
    """Begin to read: move the pointer, which starts the scripts of a page, and wait until they run and all is laid out."""
    page.mouse.move(1, 1)
    wait_until(page, "typeof hinted === 'object'")
    wait_until(page, LAID_OUT)


def printed(page: Page, **paper) -> list[str]:
    """Return the text of each sheet that a page fills on this paper."""
    with pypdfium2.PdfDocument(page.pdf(**paper)) as document:
        return [sheet.get_textpage().get_text_range().strip() for sheet in document]


@pytest.fixture
def open_page(browser):
    """Return a function that opens an address, begins to read, and fails the test on what the console complains of.

    A test that waits for a function needs `bypass_csp=True`: the pages' policy forbids to evaluate one.
    """
    contexts, complaints = [], []

    def open_page(url: str, width: int = 1280, scheme: str = "light", **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        page.wait_for_load_state("networkidle")
        begin(page)
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    # The server answers 404 for the page that tests the 404 page; the browser says so itself.
    unexpected = [text for text in complaints if "the server responded with a status of 404" not in text]
    assert not unexpected, unexpected
