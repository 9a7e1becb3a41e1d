"""The same sources build under other engines: ProperDocs byte for byte, Zensical with all that pages are made of.

Zensical ignores hooks and unknown plugins without a word, so a build that passes proves nothing: these tests
compare its output with that of MkDocs. What is missing there stands in README.md.
"""

import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hooks.engine import address
from tests import chromium
from tests.conftest import EDIT_URI, ROOT, Site

# Its name and version, and the size of all pages, of which these are a part.
GENERATOR = re.compile(rb'<meta name="generator" content="[^"]*">| data-size="[^"]*"')


def run(engine: str, *arguments: str, folder: Path, site: Site) -> str:
    """Build the sources in `folder` with `engine` for the address of `site`; return what it printed."""
    environment = {"SITE_URL": site.url, "EDIT_URI": EDIT_URI, "CHROMIUM": chromium.find() or "", "SHEET_PDF": "required"}
    silence = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    build = subprocess.run(
        [sys.executable, "-m", engine, "build", *arguments],
        cwd=folder, env=os.environ | environment | silence, capture_output=True, text=True,
    )  # fmt: skip
    assert build.returncode == 0, build.stderr
    return build.stdout + build.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a built site by path, without what is different by the generator's name alone."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): GENERATOR.sub(b"", path.read_bytes()) for path in files}


def test_properdocs_builds_the_same_bytes(site, tmp_path):
    run("properdocs", "--strict", "--config-file", "mkdocs.yml", "--site-dir", str(tmp_path), folder=ROOT, site=site)
    ours, theirs = contents(site.folder), contents(tmp_path)
    assert b"ProperDocs" in (tmp_path / "index.html").read_bytes()
    assert ours.keys() == theirs.keys()
    # The archive of the sitemap holds the second it was made, the list of the service worker the hashes of the pages.
    assert {name for name in ours if ours[name] != theirs[name]} <= {"sitemap.xml.gz", "service-worker.js"}


@pytest.fixture(scope="session")
def zensical(site, tmp_path_factory):
    """The site built by Zensical, from a copy, since it takes its output folder from the settings."""
    folder = tmp_path_factory.mktemp("zensical")
    for name in ("docs", "hooks", "overrides"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    log = run("zensical", folder=folder, site=site)
    return Site(folder / "site", site.url, log)


class Article(HTMLParser):
    """What the article of a page is made of: how many of each feature, its links, its headings, its navigation."""

    FEATURES = (
        "term", "diagram", "number", "numbers", "sheet-side", "sheet-sources", "calculator", "letters", "footnote-ref",
        "trap", "question", "scenario", "choose", "task-list-item", "highlight",
    )  # fmt: skip

    def __init__(self, html: str):
        super().__init__()
        self.found, self.links, self.anchors, self.navigation = Counter(), [], [], []
        self.depth = 0  # 1 in the article, but for what the build appends to it
        self.gathered = 0  # how deep in what an index page gathers, or in its placeholder
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        classes = (attributes.get("class") or "").split()
        if tag == "div" and (self.gathered or {"gathered", "callouts-here"}.intersection(classes)):
            self.gathered += 1
        if self.gathered:
            return
        if tag == "article":
            self.depth = 1
        if tag == "a" and "md-nav__link" in classes and not (attributes.get("href") or "#").startswith("#"):
            self.navigation.append(attributes["href"])
        if not self.depth or attributes.get("id") == "mentioned-in" or "mentions" in classes:
            self.depth = 0  # "Mentioned in" and what follows, made by a hook
            return
        self.found.update(set(classes).intersection(self.FEATURES))
        self.found["sheet row"] += tag == "tr" and (attributes.get("id") or "").startswith("n-")
        if not (attributes.get("id") or "__").startswith("__"):  # those are the theme's
            self.anchors.append(attributes["id"])
        if tag == "a" and "md-content__button" not in classes:
            self.links += [attributes[name] for name in ("href", "xlink:href") if name in attributes]

    def handle_endtag(self, tag):
        if self.gathered:
            self.gathered -= tag == "div"
        elif tag == "article":
            self.depth = 0


def articles(site: Site) -> dict[str, Article]:
    """Return what each page of a site is made of."""
    return {page: Article(site.read(page)) for page in site.pages if page != "404.html"}


def test_zensical_builds_every_page(site, zensical):
    assert articles(zensical).keys() == articles(site).keys()


def test_zensical_pages_are_made_of_the_same(site, zensical):
    """Diagrams, cross-links, figures, rows of the sheet, callouts, footnotes: as many on each page."""
    ours, theirs = articles(site), articles(zensical)
    assert {page: article.found for page, article in theirs.items()} == {page: article.found for page, article in ours.items()}
    everywhere = sum((article.found for article in theirs.values()), Counter())
    assert all(everywhere[feature] for feature in ("term", "diagram", "number", "numbers", "sheet row", "question"))


def test_zensical_pages_have_the_same_links_and_anchors(site, zensical):
    ours, theirs = articles(site), articles(zensical)
    for page, article in ours.items():
        assert [posixpath.normpath(link) for link in theirs[page].links] == [posixpath.normpath(link) for link in article.links], page
        assert theirs[page].anchors == article.anchors, page


def test_zensical_says_on_index_pages_where_the_callouts_stand(site, zensical):
    """Gathering them takes hooks; see README.md."""
    gathering = [page for page in site.pages if 'class="gathered"' in site.read(page)]
    assert gathering
    for page in gathering:
        assert "look at the page of a topic" in zensical.read(page)


def test_zensical_navigation_names_the_same_pages(site, zensical):
    def named(article):
        return {posixpath.normpath(link) for link in article.navigation} - {"."}  # a page on itself

    ours, theirs = articles(site), articles(zensical)
    assert {page: named(article) for page, article in theirs.items()} == {page: named(article) for page, article in ours.items()}


def test_zensical_warns_of_nothing(zensical):
    """Neither by itself nor by what hooks/authoring.py reports, which stands there without a level: file, line, remedy."""
    assert "warning" not in zensical.log.lower(), zensical.log
    assert not re.findall(r"(?m)^.*\.(?:md|yml)(?::\d+)?: .*; .*$", zensical.log), zensical.log


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("a/x.md", "b.md#c", "../b/#c"),
        ("a/x.md", "../index.md", "../../"),
        ("a/x.md", "x.md", "./"),
        ("index.md", "a/x.md#y", "a/x/#y"),
        ("a/index.md", "../b/x.md", "../b/x/"),
        ("a/x.md", "#here", "#here"),
        ("a/x.md", "https://example.com/b.md", "https://example.com/b.md"),
        ("a/x.md", "b.pdf", "b.pdf"),
    ],
)
def test_address_of_a_link_where_the_engine_does_not_tell_it(page, link, expected):
    assert address(page, link) == expected
