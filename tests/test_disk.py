"""The copy for the disk, unpacked and opened without a server, works: pages, diagrams, search, the sheet of numbers."""

import os
import re
import subprocess
import sys
import zipfile

import pypdf
import pytest
from lxml import html

from hooks import cards, disk
from hooks.publication import PLACEHOLDER
from tests import chromium
from tests.conftest import ROOT
from tests.test_cards import opened


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy as `make offline` makes it, packed and unpacked."""
    folder = tmp_path_factory.mktemp("disk")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder / "site.disk")],
        cwd=ROOT, check=True,
        env=os.environ | {"OFFLINE": "true", "CHROMIUM": chromium.find() or "", "SHEET_PDF": "required", "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    disk.pack(folder / "site.disk", folder / "site.zip")
    with zipfile.ZipFile(folder / "site.zip") as archive:
        archive.extractall(folder / "a place of one's own")
    return folder / "a place of one's own" / "system-design-notes"


@pytest.fixture
def page(copy, open_page):
    yield open_page((copy / "index.html").as_uri())
    # The theme asks for the list of pages, and does without where a browser refuses.
    refused = ("sitemap.xml", "net::ERR_FAILED")
    open_page.complaints[:] = [text for text in open_page.complaints if not any(part in text for part in refused)]


def test_box_on_the_map_leads_to_its_page_with_its_diagrams(page):
    page.locator("figure.diagram a", has_text="Kafka").click()
    page.locator("h1", has_text="Kafka").wait_for()
    assert page.url.endswith("/technologies/kafka.html")
    assert page.locator("figure.diagram svg").first.is_visible()


def test_search_finds_a_topic_and_leads_there(page):
    page.locator(".search-door").click()
    page.keyboard.type("quorum")
    result = page.locator(".md-search-result__item a").first
    result.wait_for()
    assert "/fundamentals/replication.html" in result.get_attribute("href")
    result.click()
    page.locator("h1", has_text="Replication").wait_for()


def test_search_forgives_a_typo(page):
    page.locator(".search-door").click()
    page.keyboard.type("casandra")
    page.locator(".md-search-result__item a[href*='technologies/cassandra.html']").first.wait_for()


def test_sheet_of_numbers_is_there_on_screen_and_as_pdf(copy, page):
    page.goto((copy / "reference/cheat-sheet.html").as_uri())
    page.locator(".sheet-tools input").fill("redis")
    assert page.locator(".sheet-side tbody tr:visible").count()
    assert (copy / "reference/cheat-sheet-a4.pdf").stat().st_size > 10_000


def test_nothing_is_offered_to_be_kept(copy, page):
    assert not page.locator(".offline").is_visible()
    assert not (copy / "service-worker.js").exists()
    assert not page.get_by_role("link", name="Keep for offline").count()


def test_links_within_the_copy_lead_to_files(copy):
    for path in copy.rglob("*.html"):
        if path.name == "404.html":  # for a server
            continue
        for link in html.fromstring(path.read_bytes()).xpath("//a/@href | //link[@rel='stylesheet']/@href | //script/@src"):
            if ":" not in link and (address := link.partition("#")[0].partition("?")[0]):
                assert (path.parent / address).resolve().is_file(), f"{path.relative_to(copy)}: {link}"


def test_packing_twice_gives_the_same_bytes(tmp_path):
    folder = tmp_path / "site.disk"
    (folder / "b").mkdir(parents=True)
    for name in ("b/x.html", "a.html"):
        (folder / name).write_text(name)
    disk.pack(folder, tmp_path / "one.zip")
    for name in ("b/x.html", "a.html"):
        os.utime(folder / name, (1, 1))
        (folder / name).chmod(0o600)
    disk.pack(folder, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["system-design-notes/a.html", "system-design-notes/b/x.html"]


def test_scenarios_lead_to_their_outlines(copy):
    scenarios = (copy / "reference/scenarios.html").read_text()
    assert scenarios.count("Worked outline: ") == len(list((copy / "scenarios").glob("*.html")))


def test_deck_of_the_copy_is_that_of_the_site(copy, site):
    """Else who imports both has every question twice, and links that lead nowhere."""
    ours, theirs = (opened((folder / cards.DECK).read_bytes()).notes for folder in (copy, site.folder))
    assert {key: note.tags for key, note in ours.items()} == {key: note.tags for key, note in theirs.items()}
    addresses = {link for note in ours.values() for link in re.findall(r'https?://[^"\s<]+', str(note))}
    assert not any(".html" in link for link in addresses if link.startswith(PLACEHOLDER))


def test_links_of_the_sheet_on_paper_lead_to_the_published_pages(copy):
    pages = pypdf.PdfReader(copy / "reference/cheat-sheet-a4.pdf").pages
    actions = [note.get_object().get("/A", {}) for page in pages for note in page.get("/Annots", [])]
    topics = [str(action["/URI"]) for action in actions if "/fundamentals/" in action.get("/URI", "")]
    assert topics and all(re.fullmatch(r"https://[^?#]+/fundamentals/[\w-]+/(#.*)?", link) for link in topics)
