"""A reader keeps the site: it works whole without a network, changes version whole, and leaves when asked to."""

import functools
import http.server
import json
import re
import shutil
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from hooks import content_security, offline, web_app
from tests.conftest import Handler, Site, begin

BUTTON, STATUS = ".offline button", ".offline [role=status]"
REGISTERED = "navigator.serviceWorker.getRegistrations().then(all => all.length)"
CACHES = "caches.keys().then(names => names.length)"


class SlowHandler(Handler):
    """Answers one address only when it is let."""

    let = threading.Event()

    def do_GET(self):
        if self.path.endswith("/slow.bin"):
            self.let.wait(60)
        super().do_GET()


class Published:
    """A copy of the built site under a path, as a fork has it, on a server that can be stopped and started."""

    def __init__(self, site: Site, folder: Path):
        self.folder = folder / "notes"
        shutil.copytree(site.folder, self.folder)
        self.port = 0
        self.start()
        for page in [*self.folder.rglob("*.html"), self.folder / "sitemap.xml"]:
            text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text()).replace(site.url, self.url)
            page.write_text(text.replace('"/', '"/notes/') if page.name == "404.html" else text)  # it alone names the path
        content_security.protect(self.folder)
        folder.joinpath("404.html").write_text("Another site of the same origin")
        self.version = ""
        self.publish("one")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notes/"

    def start(self) -> None:
        handler = functools.partial(SlowHandler, directory=str(self.folder.parent))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def publish(self, version: str) -> None:
        """Write a version into each page and the style sheet, and the service worker for them."""
        if version == self.version:
            return
        self.version = version
        for page in self.folder.rglob("*.html"):
            html = re.sub('<meta name="version"[^>]*>', "", page.read_text())
            page.write_text(html.replace("</title>", f'</title><meta name="version" content="{version}">', 1))
        sheet = self.folder / "assets/stylesheets/shared.css"
        sheet.write_text(re.sub(r"\n?:root\{--version:\w+\}", "", sheet.read_text()) + f"\n:root{{--version:{version}}}")
        offline.write(self.folder, offline.find_node())


@pytest.fixture(scope="module")
def fork(site, tmp_path_factory):
    fork = Published(site, tmp_path_factory.mktemp("published"))
    yield fork
    fork.stop()


@pytest.fixture
def published(fork):
    """The published site, in its first version and undamaged."""
    fork.publish("one")
    return fork


@pytest.fixture
def keep(published, open_page):
    """Return a function that opens the home page and keeps the site."""

    def keep(**options):
        page = open_page(published.url, **options)
        page.get_by_role("button", name="Keep for offline").click()
        page.get_by_role("button", name="Remove").wait_for(timeout=60_000)
        return page

    return keep


@pytest.fixture
def cut(published, open_page):
    """Return a function that takes page and server away from each other."""

    contexts = []

    def cut(page):
        contexts.append(page.context)
        page.context.set_offline(True)
        published.stop()

    yield cut
    for context in contexts:
        context.close()
    published.start()
    # What a browser says of its own attempt to look for a newer version.
    open_page.complaints[:] = [text for text in open_page.complaints if "net::ERR_" not in text]


def versions(page) -> set[str]:
    """Return the versions of what is shown: of the page, and of its style sheet."""
    return set(page.evaluate("""[document.querySelector("meta[name=version]").content,
        getComputedStyle(document.documentElement).getPropertyValue("--version").trim()]"""))


def follow(page, name: str) -> None:
    """Follow a link by instant navigation."""
    begin(page)
    page.evaluate("window.stays = true")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.locator("h1", has_text=name).wait_for()
    assert page.evaluate("window.stays")


def wait_for(page, condition: str) -> None:
    """Wait until a condition holds for the registration, which has an `installing`, a `waiting` and an `active` worker."""
    deadline = time.monotonic() + 60
    while not page.evaluate(f"navigator.serviceWorker.getRegistration('/notes/').then(({{ installing, waiting }}) => {condition})"):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


def test_nothing_is_registered_before_it_is_asked_for(published, open_page):
    page = open_page(published.url)
    page.get_by_role("button", name="Keep for offline").wait_for()
    assert re.search(r"\d\.\d MB", page.locator(STATUS).inner_text())
    page.goto(published.url + "technologies/kafka/")
    assert page.evaluate(REGISTERED) == page.evaluate(CACHES) == 0


def test_the_kept_site_works_without_a_network(published, keep, cut):
    page = keep()
    kept = page.locator(STATUS).inner_text()
    listed = sum(path.stat().st_size for path in files(published.folder))
    assert f"Kept on this device: {listed / 1e6:.1f} MB" in kept
    assert page.evaluate("document.activeElement.id") == "offline"
    cut(page)

    page.goto(published.url + "technologies/kafka/")  # never visited
    assert page.locator("figure.diagram svg").first.is_visible()
    follow(page, "Redis")
    assert page.url == published.url + "technologies/redis/"
    page.keyboard.press("/")
    page.keyboard.type("quorum")
    page.locator(".md-search-result__item a").first.wait_for()
    page.goto(published.url + "reference/cheat-sheet/?q=quorum")
    assert page.locator(".sheet-side tbody tr").count() > 50
    page.goto(published.url + "patterns/contention?x=1")  # a server would add the slash
    assert page.url == published.url + "patterns/contention/"
    assert page.goto(published.url + "technologies/postgress/").status == 404
    assert page.locator("h1").inner_text() == "This page does not exist"
    page.get_by_role("link", name="PostgreSQL").last.click()
    page.locator("h1", has_text="PostgreSQL").wait_for()
    assert page.goto(published.url + "reference/cheat-sheet-a4.pdf").status == 200


def test_browser_without_a_storage_manager_keeps_the_site_too(published, open_page):
    """Safari before 15.2, and WebKitGTK: nothing to ask there that the files may stay."""
    page = open_page(published.url)
    page.evaluate("Object.defineProperty(navigator, 'storage', { value: undefined })")
    page.get_by_role("button", name="Keep for offline").click()
    page.get_by_role("button", name="Remove").wait_for(timeout=60_000)


def files(folder: Path) -> list[Path]:
    """Return the files that the service worker of a site lists."""
    worker = (folder / "service-worker.js").read_text()
    found = re.findall(r'"url":"([^"]*)"', worker)
    return [folder / url / "index.html" if url.endswith("/") else folder / url for url in found]


def test_every_page_is_kept_and_nothing_that_only_others_need(published):
    kept = {path.relative_to(published.folder).as_posix() for path in files(published.folder)}
    assert {path.relative_to(published.folder).as_posix() for path in published.folder.rglob("*.html")} <= kept
    assert {"search/search_index.json", "sitemap.xml", "manifest.webmanifest", "reference/cheat-sheet-a4.pdf"} <= kept
    assert not [name for name in kept if re.search(r"social/|lunr/|\.(?:md|map|apkg|zip|gz|txt)$|service-worker", name)]


def test_removal_leaves_nothing_and_the_site_goes_on(published, keep):
    page = keep()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Keep for offline").wait_for()
    assert page.evaluate(REGISTERED) == page.evaluate(CACHES) == 0
    assert page.evaluate("navigator.serviceWorker.controller") is None
    page.get_by_role("button", name="Keep for offline").click()
    page.get_by_role("button", name="Remove").wait_for()


def test_what_a_removed_worker_stored_meanwhile_is_removed_at_the_next_visit(published, open_page):
    page = open_page(published.url)
    page.evaluate("address => Promise.all([caches.open('kept-' + address), caches.open('of another site')])", published.url)
    page.reload()
    page.get_by_role("button", name="Keep for offline").wait_for()
    assert page.evaluate("caches.keys()") == ["of another site"]


def test_a_new_version_waits_while_a_page_is_open_and_takes_over_whole(published, keep):
    page = keep()
    assert versions(page) == {"one"}
    published.publish("two")
    follow(page, "Storage")
    assert versions(page) == {"one"}
    page.reload()  # the browser looks for a new version now
    wait_for(page, "!!waiting")
    assert versions(page) == {"one"}
    follow(page, "Replication")
    page.get_by_role("link", name="A new version is ready").wait_for()
    page.goto(published.url + "technologies/redis/")
    assert versions(page) == {"one"}

    page.goto(published.url.removesuffix("notes/") + "elsewhere")
    wait_for(page, "!waiting")
    page.goto(published.url + "technologies/redis/")
    assert versions(page) == {"two"}
    follow(page, "Flink")
    assert versions(page) == {"two"}
    cached = page.evaluate("caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).length)")
    assert cached == len(files(published.folder))


def test_a_reader_takes_the_new_version_in_the_only_tab(published, keep):
    first = keep()
    published.publish("two")
    first.reload()
    first.get_by_text("A new version is ready.").wait_for(timeout=60_000)
    second = first.context.new_page()
    second.goto(published.url + "technologies/redis/")
    use = first.get_by_role("button", name="Use it now")
    use.click()
    first.get_by_text("Close the other tabs").wait_for()
    follow(second, "Kafka")
    assert versions(first) == versions(second) == {"one"}
    second.close()
    use.click()
    first.get_by_role("button", name="Remove").wait_for()
    assert versions(first) == {"two"}
    assert first.evaluate("document.activeElement.id") == "offline"


def test_a_new_version_waits_for_what_the_old_one_has_begun(published, keep):
    page = keep()
    published.publish("two")
    page.reload()
    use = page.get_by_role("button", name="Use it now")
    use.wait_for(timeout=60_000)
    SlowHandler.let.clear()
    page.evaluate("void fetch('/notes/slow.bin')")
    use.click()
    page.locator(".offline:has(button:focus)", has_text="comes into use").wait_for()
    page.get_by_text("A new version is ready.").wait_for()  # on the page loaded again, which lets go of the old one
    assert versions(page) == {"one"}
    SlowHandler.let.set()
    page.locator("meta[content=two]").wait_for(state="attached")
    assert versions(page) == {"two"}


def test_a_page_is_loaded_again_from_a_version_that_comes_into_use_under_it(published, keep):
    page = keep()
    published.publish("two")
    page.goto(published.url + "technologies/kafka/")
    wait_for(page, "!!waiting")
    page.evaluate("navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting.postMessage('take over'))")
    watching = page.context.new_cdp_session(page)
    watching.send("ServiceWorker.enable")
    watching.send("ServiceWorker.stopAllWorkers")  # as the browser does by itself with an idle one that nobody watches
    page.locator("meta[content=two]").wait_for(state="attached")
    assert versions(page) == {"two"}
    assert page.url == published.url + "technologies/kafka/"


def test_a_page_for_which_the_old_version_answered_last_is_loaded_again(published, browser):
    """The new one is not active yet when the script of the page runs, and no change is told any more."""
    page = browser.new_page()
    page.add_init_script("""{
        sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1
        const state = sessionStorage.loads === "1" ? "activating" : "activated"
        Object.defineProperty(ServiceWorkerContainer.prototype, "controller", { value: { state } })
    }""")
    page.goto(published.url + "technologies/kafka/", wait_until="commit")
    page.wait_for_timeout(2000)
    assert page.evaluate("sessionStorage.loads") == "2"
    page.close()


def test_a_page_that_only_the_new_version_has_is_found_in_it(published, keep):
    page = keep()
    new = published.folder / "patterns/new/index.html"
    new.parent.mkdir()
    shutil.copy(published.folder / "patterns/contention/index.html", new)
    try:
        published.publish("two")
        assert page.goto(published.url + "patterns/new/").status == 404
        assert versions(page) == {"one"}
        page.get_by_role("button", name="Use it now").click(timeout=60_000)
        page.locator("h1", has_text="Contention").wait_for()
        assert versions(page) == {"two"}
    finally:
        shutil.rmtree(new.parent)
        published.version = ""


def test_a_new_version_of_which_a_file_is_missing_changes_nothing(published, keep, open_page):
    page = keep()
    published.publish("two")
    damage(published)
    page.reload()
    page.evaluate("navigator.serviceWorker.getRegistration().then(registration => registration.update())")
    wait_for(page, "!installing")
    wait_for(page, "!waiting")
    page.goto(published.url + "technologies/kafka/")
    assert versions(page) == {"one"}
    open_page.complaints[:] = [text for text in open_page.complaints if "integrity" not in text]


def damage(published) -> None:
    """Give the style sheet other bytes than the list has, as while a version is being published."""
    sheet = published.folder / "assets/stylesheets/shared.css"
    sheet.write_text(sheet.read_text() + "\n")
    published.version = ""


def test_a_site_that_does_not_fit_its_list_is_not_kept(published, open_page):
    damage(published)
    page = open_page(published.url)
    page.locator(BUTTON).click()
    page.get_by_text("so nothing was kept").wait_for()
    assert page.evaluate(REGISTERED) == page.evaluate(CACHES) == 0
    open_page.complaints[:] = [text for text in open_page.complaints if "integrity" not in text]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined })", "This browser does not keep"),
        ("ServiceWorkerContainer.prototype.register = async () => { throw new DOMException('', 'SecurityError') }", "does not let this site store"),
        ("ServiceWorkerContainer.prototype.register = async () => { throw new DOMException('', 'QuotaExceededError') }", "not enough space"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "begins with https"),
    ],
    ids=["no support", "storage denied", "storage full", "no https"],
)  # fmt: skip
def test_why_the_site_cannot_be_kept_is_said(published, browser, script, sentence):
    context = browser.new_context()
    context.add_init_script(script)
    page = context.new_page()
    page.goto(published.url)
    page.locator("#offline").wait_for()
    if page.locator(BUTTON).is_visible():
        page.locator(BUTTON).click()
    page.locator(STATUS, has_text=sentence).wait_for()
    context.close()


def test_a_full_device_keeps_nothing(published, browser):
    """The real limit of the browser, set to less than the site needs."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": published.url.split("/notes")[0], "quotaSize": 1_000_000})
    page.goto(published.url)
    page.locator(BUTTON).click()
    page.locator(STATUS, has_text="not enough space").wait_for()
    assert page.evaluate(CACHES) == 0
    context.close()


def test_the_way_there_is_in_the_footer_by_keyboard_on_a_phone(published, open_page):
    page = open_page(published.url + "technologies/kafka/", width=360, scheme="dark", bypass_csp=True)
    page.get_by_role("link", name="Keep for offline").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(published.url + "#offline")
    page.locator(BUTTON).wait_for()
    page.wait_for_function("document.activeElement.id == 'offline'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Keep for offline"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_progress_is_shown(published, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(published.url)
    page.evaluate("""{
        window.seen = []
        new MutationObserver(() => seen.push(document.querySelector(".offline progress").value))
          .observe(document.querySelector(".offline progress"), { attributeFilter: ["value"] })
        window.onbeforeunload = () => sessionStorage.setItem("seen", JSON.stringify(seen))
    }""")
    page.locator(BUTTON).click()
    page.get_by_role("button", name="Remove").wait_for(timeout=60_000)
    seen = json.loads(page.evaluate("sessionStorage.getItem('seen')"))
    assert len(seen) > 10 and seen == sorted(seen)
    context.close()


def test_from_the_disk_nothing_is_offered(site, browser):
    page = browser.new_context().new_page()
    page.goto((site.folder / "index.html").as_uri())
    assert not page.locator(BUTTON).is_visible()


def test_app_can_be_installed(published, open_page):
    page = open_page(published.url + "technologies/kafka/")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"] == published.url + web_app.MANIFEST and found["errors"] == []
    manifest = json.loads(found["data"])
    assert manifest["name"] == "System Design Notes" and len(manifest["short_name"]) <= 12
    for address in ("start_url", "scope"):
        assert found["manifest"][{"start_url": "startUrl"}.get(address, address)] == published.url
    errors = {error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}  # as each context of a test is
    sizes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert sizes == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in manifest["icons"]:
        assert "{}x{}".format(*Image.open(published.folder / icon["src"]).size) == icon["sizes"]


def test_a_maskable_icon_stays_whole_in_a_circle():
    side, share = web_app.ICONS["maskable-512.png"]
    image = Image.open(web_app.io.BytesIO(web_app.icon(side, share)))
    paper = image.getpixel((0, 0))
    outside = [(x, y) for x in range(0, side, 4) for y in range(0, side, 4) if (x - side / 2) ** 2 + (y - side / 2) ** 2 > (0.4 * side) ** 2]
    assert all(image.getpixel(place) == paper for place in outside)


def test_without_node_the_build_says_so(monkeypatch, caplog, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(offline.sys, "executable", str(tmp_path / "python"))
    offline.on_post_build(type("Config", (), {"extra": {"offline": True}, "site_dir": str(tmp_path)}))
    assert "no Node.js found" in caplog.text
