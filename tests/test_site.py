"""What a reader or a search engine would miss on any page of the built site."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from lxml.html import document_fromstring

from hooks.mistakes import contents_of
from tests.conftest import DOCS, ROOT
from tests.test_mistakes import warnings_of

PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
PLACEHOLDER = re.compile(r"(?i)\b(?:lorem ipsum|TODO|TBD|FIXME|XXX|coming soon|under construction|to be written)\b")
# Words a reader takes in at one sitting: running text without code, tables, figures, folded answers, sources.
SITTING = {"fundamentals": 2750, "technologies": 3500, "patterns": 3500, "scenarios": 3500}


def address(source: str) -> str:
    return source.removesuffix(".md").removesuffix("index") + ("" if source == "index.md" else "/")


class Outline(HTMLParser):
    """Headings of the article, images without a text alternative, and words of running text."""

    VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
    NOT_RUNNING = {"pre", "table", "figure", "details"}

    def __init__(self, html: str):
        super().__init__()
        self.levels, self.nameless, self.words = [], [], 0
        self.path: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in self.VOID:
            self.path.append((tag, attributes.get("class") or ""))
        if self.inside("article") and re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "img" and attributes.get("alt") is None:
            self.nameless.append(attributes.get("src"))
        if tag == "svg" and self.inside("figure") and not attributes.get("aria-labelledby"):
            self.nameless.append(attributes)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self.inside(tag) and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        running = not any(tag in self.NOT_RUNNING or css == "footnote" for tag, css in self.path)
        if self.inside("article") and running:
            self.words += len(re.findall(r"[A-Za-z0-9][\w'-]*", data))

    def inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.path)


def test_strict_build_prints_no_warning(site):
    assert "WARNING" not in site.log and "ERROR" not in site.log, site.log


def test_every_page_is_in_the_navigation(site):
    def named(entry):
        if isinstance(entry, str):
            yield entry
        for child in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
            yield from named(child)

    settings = (ROOT / "mkdocs.yml").read_text()
    nav = yaml.safe_load(settings[settings.index("nav:") : settings.index("theme:")])
    assert sorted(named(nav)) == PAGES


@pytest.mark.parametrize("source", PAGES)
def test_page_has_title_description_and_an_outline_without_jumps(source, site):
    html = site.read(address(source))
    title = re.search("<title>(.*?)</title>", html)[1]
    assert "System Design Notes" in title and len(title) > 15
    description = re.search('<meta name="description" content="(.*?)">', html)
    assert description and 50 <= len(description[1]) <= 160
    levels = Outline(html).levels
    assert levels.count(1) == 1 and levels[0] == 1, levels
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False)), levels


def test_quotation_marks_in_title_and_description_do_not_end_an_attribute(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    title, description = 'The "hot" key & <b> problem', 'A "page" whose description is long enough to be shown by a search.'
    head = f"---\ntitle: '{title}'\ndescription: '{description}'\n---\n# Topic\n"
    assert warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home", "topic.md": head}}, caplog) == []
    page = document_fromstring((tmp_path / "site" / "topic" / "index.html").read_text())
    assert page.xpath("//meta[@property='og:title']/@content") == [title]
    assert page.xpath("//meta[@property='og:description']/@content") == [description]
    assert page.xpath("//link[@type='text/markdown']/@title") == [f"{title} as Markdown"]


def test_titles_and_descriptions_are_unique(site):
    for pattern in ("<title>(.*?)</title>", '<meta name="description" content="(.*?)">'):
        found = [re.search(pattern, site.read(address(source)))[1] for source in PAGES]
        assert len(set(found)) == len(found), pattern


@pytest.mark.parametrize("source", PAGES)
def test_page_is_one_sitting(source, site):
    limit = SITTING.get(source.partition("/")[0])
    words = Outline(site.read(address(source))).words
    assert not limit or words <= limit, f"docs/{source}:1: {words} words of running text; at most {limit}: split it"


@pytest.mark.parametrize("source", PAGES)
def test_images_and_diagrams_have_a_text_alternative(source, site):
    assert Outline(site.read(address(source))).nameless == []


@pytest.mark.parametrize("source", PAGES)
def test_no_placeholder_text(source):
    for number, line in enumerate((DOCS / source).read_text().splitlines(), 1):
        assert not PLACEHOLDER.search(line), f"docs/{source}:{number}: {line}"


@pytest.mark.parametrize("source", PAGES)
def test_every_source_is_an_address(source):
    """A footnote is a source: it has a link."""
    text = (DOCS / source).read_text()
    for name, body in re.findall(r"^\[\^([^\]]+)\]:(.*)$", text, re.M):
        assert "](https://" in body, f"docs/{source}: footnote {name} names no address"


def test_internal_links_and_anchors_resolve(site):
    """Of the whole output, where the build's own check sees only articles: theme, links of terms, gathered callouts, 404 page."""
    documents = {page: document_fromstring(site.read(page)) for page in site.pages}
    anchors = {page: set(document.xpath("//@id")) for page, document in documents.items()}
    broken = []
    for page, document in documents.items():
        for link in document.xpath("//@href | //@src | //@*[name()='xlink:href']"):
            target = urlsplit(urljoin(site.url + page, link))
            if f"{target.scheme}://{target.netloc}/" != site.url:
                continue
            path = unquote(target.path.lstrip("/"))
            if path in anchors:
                if target.fragment and unquote(target.fragment) not in anchors[path]:
                    broken.append((page, link))
            elif not (site.folder / path).is_file():
                broken.append((page, link))
    assert not broken


def test_no_page_fetches_from_another_host(site):
    remote = {page: [x for x in contents_of(site.read(page)).fetched if site.url not in x] for page in site.pages}
    # A canonical address or a picture for social networks is named, not fetched.
    assert not {page: found for page, found in remote.items() if found and not all("127.0.0.1" in x for x in found)}


def test_published_site_holds_no_mermaid_and_no_source_map_of_it(site):
    """Nothing on the site needs the 3 MB script, so it is not published."""
    assert not list(site.folder.rglob("mermaid*"))


def test_numbers_are_not_typed_into_tables_by_hand():
    """A ```numbers fence on every page whose figures the file has; see CONTRIBUTING.md, Numbers."""
    for source in PAGES:
        text = (DOCS / source).read_text()
        if "\n## Numbers\n" in text:
            section = text.split("\n## Numbers\n")[1].split("\n## ")[0]
            assert "```numbers" in section, f"docs/{source}: the section Numbers shows no figures of docs/numbers.yml"
