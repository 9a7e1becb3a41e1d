"""The first mention of a term in a section leads to its home, and a page never looks like a ransom note."""

import re
import time
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from hooks import cross_links, glossary
from hooks.cross_links import mentions, tree_of
from hooks.glossary import Term
from tests.conftest import DOCS, ROOT
from tests.test_mistakes import GOOD, warnings_of

GOLDEN = yaml.safe_load(Path(__file__).with_name("cross_links.yml").read_text())
PAGES = ("index.md", "study-plan.md", "fundamentals/notes.md", "fundamentals/storage.md", "technologies/kafka.md", glossary.ADDRESS)
LINK = re.compile(r'<a class="term" href="([^"]*)" title="([^"]*)">(.*?)</a>')


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """This project's mkdocs.yml, for a folder that holds the golden glossary."""
    folder = tmp_path_factory.mktemp("golden")
    path = folder / "docs" / glossary.ADDRESS
    path.parent.mkdir(parents=True)
    path.write_text(GOLDEN["glossary"])
    return load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(folder / "docs"), site_dir=str(folder / "site"))


@pytest.fixture
def golden_glossary(config, monkeypatch):
    """The golden glossary, also where no MkDocs says which pages there are."""
    monkeypatch.setattr(glossary, "GLOSSARY", Path(config.docs_dir, glossary.ADDRESS))


@pytest.fixture(scope="module")
def convert(config):
    """Return a function that converts Markdown as MkDocs converts the page at `address`."""

    def convert(text: str, address: str = "fundamentals/notes.md") -> str:
        files = Files([File(name, config.docs_dir, config.site_dir, True) for name in PAGES])
        page = Page(None, files.get_file_from_path(address), config)
        page.markdown = text
        page.render(config, files)
        return page.content

    return convert


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_terms_become_links(case, convert):
    html = convert(case["text"], case.get("page", "fundamentals/notes.md"))
    assert [[unescape(text), href] for href, _, text in LINK.findall(html)] == case["links"]


def test_link_carries_the_definition(convert):
    [(_, title, _)] = LINK.findall(convert("The WAL."))
    assert unescape(title) == 'A file that has each change "first" & foremost.'


def test_forced_link_to_an_unknown_term_is_reported(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    text = f"{GOOD}# Home\n\n[a](term:wall) [b](term:wal) [c](term:xyzzy)"
    docs = {"index.md": text, glossary.ADDRESS: f"{GOOD}{GOLDEN['glossary']}"}
    got = [warning for warning in warnings_of(tmp_path, {"docs": docs}, caplog) if "has no term" in warning]
    assert got == [
        'docs/index.md:7: the glossary has no term "wall"; did you mean term:wal?',
        'docs/index.md:7: the glossary has no term "xyzzy"; add it to docs/reference/glossary.md',
    ]


def test_term_that_no_page_mentions_is_reported_with_its_line(tmp_path, monkeypatch, caplog):
    """A mention on a page where it would not be linked is none."""
    monkeypatch.chdir(tmp_path)
    entries = "# Glossary\n\nLog\n:   A file. [Home](../index.md) Linked only on [Home](../index.md).\n\nDrift\n:   A wait. [Home](../index.md)"
    docs = {"index.md": "{good}# Home", "other.md": "{good}# Other\n\nA log and a drift.", glossary.ADDRESS: "{good}" + entries}
    assert warnings_of(tmp_path, {"docs": docs}, caplog) == [
        'docs/reference/glossary.md:7: no page mentions the term "Log"; use it where it belongs, '
        "add the name that the pages use in parentheses, or delete the entry"
    ]


def test_everyday_word_without_its_pages_is_reported():
    def term(name: str, *aliases: str, pages: tuple = ()) -> Term:
        return Term(name, aliases, "It is.", "index.md", pages, 3)

    reported = [
        [wrong for _, wrong, _ in glossary.mistakes([entry])]
        for entry in (term("Offset"), term("Kafka topic", "topic"), term("Log", pages=("index.md",)), term("Write-ahead log"))
    ]
    assert reported == [
        [f'"{word}" is an everyday word, which would be linked wherever it stands'] if word else []
        for word in ("Offset", "topic", "", "")
    ]


def test_change_of_the_glossary_shows_in_the_next_conversion(config, convert):
    """Live reload."""
    path = Path(config.docs_dir, glossary.ADDRESS)
    try:
        path.write_text("Zebra\n:   Stripes. [Storage](../fundamentals/storage.md#z)")
        assert LINK.findall(convert("A zebra and a replica.")) == [("../storage/#z", "Stripes.", "zebra")]
    finally:
        path.write_text(GOLDEN["glossary"])
    assert [text for *_, text in LINK.findall(convert("A zebra and a replica."))] == ["replica"]


def test_extension_works_outside_mkdocs():
    html = Markdown(extensions=["hooks.cross_links"]).convert("The write-ahead log.")
    assert LINK.findall(html)[0][0] == "fundamentals/transactions.md#write-ahead-log"


# --- nothing but links changes, whatever the text ---

NAMES = re.findall(r"^[^:#\s(][^(\n]*\b", GOLDEN["glossary"], re.M) + ["replicas", "WAL", "majority quorum"]
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(["*", "**", "_", "`", "[", "](storage.md#wal)", "<b>", "</b>", "<span>", "</span>", "<!--", "-->"]),
    st.sampled_from(["\n", "\n\n", "\n# ", "\n- ", "\n    ", "\n> ", "\n| a | b |\n| --- | --- |\n| ", " | ", "\n!!! trap\n    ", "\n:   "]),
    st.sampled_from(["&amp;", "&nbsp;", "&#8217;", "&", "\\*", "\\_", "'s", "’s", "-", "\u2011", "\u00ad", "{.no-links}", "[^a]"]),
    st.sampled_from(["שלום", "مرحبا", "\u202e", "👩‍💻", "🚀", "é", "e\u0301", "İ", "ß", "\u2028"]),
    st.text(max_size=8),
    st.just(" "),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_without_the_links_the_page_is_the_same_to_the_letter(golden_glossary, text):
    extensions = ["admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"]
    linked = Markdown(extensions=[*extensions, "hooks.cross_links"]).convert(text)
    assert LINK.sub(r"\3", linked) == Markdown(extensions=extensions).convert(text)


SENTENCE = "A replica of the write-ahead log, with C++ and .NET and a quorum of 🚀s, says nothing to whoever reads it. "
SHAPES = {  # what a page of `count` sentences looks like
    "one paragraph": lambda count: [("p", SENTENCE * count)],
    "paragraphs": lambda count: [("p", SENTENCE)] * count,
    "sections": lambda count: [("h2", "Section"), ("p", SENTENCE)] * count,
    "emphasis": lambda count: [("em", SENTENCE)] * count,
}


def seconds(shape: str, count: int) -> float:
    """Return the processor time for linking a page of so many sentences, of three runs the fastest."""
    processor, spent = cross_links.CrossLinks(Markdown()), []
    for _ in range(3):
        root = Element("div")
        for tag, text in SHAPES[shape](count):
            SubElement(root, tag).text = text
        start = time.process_time()
        processor.run(root)
        spent.append(time.process_time() - start)
        assert root.find(".//a[@class='term']") is not None
    return min(spent)


@pytest.mark.parametrize("shape", SHAPES)
def test_page_ten_times_as_long_takes_about_ten_times_as_long(shape, golden_glossary):
    """1 MB against 100 kB. Linear work gives 10, quadratic 100; what a busy machine adds lies well between."""
    assert seconds(shape, 10_000) < 40 * seconds(shape, 1_000)


class Counted(dict):
    """A dictionary that counts how often it is asked."""

    asked = 0

    def get(self, key, default=None):
        Counted.asked += 1
        return super().get(key, default)


def counted(tree: dict) -> Counted:
    return Counted((word, counted(node) if isinstance(node, dict) else node) for word, node in tree.items())


def test_number_of_terms_does_not_matter():
    """Twenty times the terms, many of which begin alike, and not one look-up more."""
    text = (DOCS / "technologies" / "kafka.md").read_text()
    few = [Term(f"consumer group number {n}", (), "It is.", "index.md", (), 1) for n in range(250)]
    many = [Term(f"consumer group number {n}", (f"term{n}",), "It is.", "index.md", (), 1) for n in range(5000)]
    asked = []
    for terms in (few, many):
        Counted.asked = 0
        list(mentions(text, counted(tree_of(terms))))
        asked.append(Counted.asked)
    assert asked[0] == asked[1] > 1000


# --- on the built site, in a browser ---

LINKED = "technologies/kafka/"


def test_definition_shows_on_hover_and_on_focus(site, open_page):
    page = open_page(site.url + LINKED)
    first, second = page.locator("article a.term").nth(0), page.locator("article a.term").nth(1)
    definitions = [link.get_attribute("title") for link in (first, second)]
    first.hover()
    page.locator("[role=tooltip]", has_text=definitions[0]).wait_for()
    page.mouse.move(0, 0)
    page.keyboard.press("Tab")
    second.focus()
    page.locator("[role=tooltip]", has_text=definitions[1]).wait_for()
    assert page.locator(f"#{second.get_attribute('aria-describedby')}").inner_text() == definitions[1]


def test_tooltip_stays_within_a_phone(site, open_page):
    page = open_page(site.url + LINKED, width=360)
    for link in page.locator("article p a.term").all()[:10]:
        definition = link.get_attribute("title")
        link.hover()
        page.locator("[role=tooltip]", has_text=definition).wait_for()
        box = page.locator("[role=tooltip]").bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= 360
        page.mouse.move(0, 0)


def test_hint_goes_with_escape_and_stays_under_the_pointer(site, open_page):
    page = open_page(site.url + "technologies/redis/")
    link = page.locator("a.footnote-ref").first
    link.hover()
    hint = page.locator("[role=tooltip]")
    hint.wait_for()
    hint.locator("a").first.hover()
    page.wait_for_timeout(600)  # longer than a hint outlives the pointer
    assert hint.is_visible()
    ids = page.evaluate("Array.from(document.querySelectorAll('[id]:not(svg *)'), element => element.id)")
    assert len(ids) == len(set(ids))  # what a hint copies does not stand on the page twice
    page.keyboard.press("Escape")
    assert hint.is_hidden() and not link.get_attribute("aria-describedby")


def test_link_in_a_hint_can_be_followed_also_after_instant_navigation(site, open_page):
    page = open_page(site.url + "technologies/redis/")
    page.get_by_role("link", name="Kafka", exact=True).first.click()
    page.wait_for_url("**/kafka/")
    page.locator("h1:focus").wait_for()
    page.locator("a.footnote-ref").first.hover()
    link = page.locator("[role=tooltip] a").first
    link.hover()
    page.evaluate("addEventListener('click', event => { window.clicked = event.target.href; event.preventDefault() }, true)")
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("window.clicked") == link.get_attribute("href")


def test_button_keeps_its_name_while_its_hint_is_shown(site, open_page):
    page = open_page(site.url + "technologies/kafka/")
    button = page.locator(".md-code__button").first
    page.keyboard.press("Tab")
    button.focus()
    page.locator("[role=tooltip]").wait_for()
    assert page.get_by_role("button", name="Copy to clipboard").first.evaluate("button => button === document.activeElement")


def test_touch_follows_the_link(site, open_page):
    page = open_page(site.url + LINKED, width=360, has_touch=True, is_mobile=True)
    link = page.locator("article a.term[href*='fundamentals/']").first
    target = link.evaluate("link => link.href")
    link.tap()
    page.wait_for_url(lambda url: url.startswith(target.partition("#")[0]))
    page.locator(f"[id='{target.partition('#')[2]}']").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_link_is_told_apart_by_dots_and_prints_as_text(scheme, site, open_page):
    page = open_page(site.url + LINKED, scheme=scheme, bypass_csp=True)
    link = page.locator("article p a.term").first
    decoration = "link => getComputedStyle(link).textDecoration"
    same_color = "link => getComputedStyle(link).color === getComputedStyle(link.parentElement).color"
    assert "underline dotted" in link.evaluate(decoration) and link.evaluate(same_color)
    page.emulate_media(media="print")
    page.wait_for_function(same_color, arg=link.element_handle())  # the theme lets colors change slowly
    assert "underline" not in link.evaluate(decoration)


def test_no_page_looks_like_a_ransom_note(site):
    """At most two links in a paragraph, item or row, three in a hundred words of a page; and the site is linked."""
    counts = {}
    for address in site.pages:
        article = site.read(address).partition("<article")[2].partition('id="mentioned-in"')[0]
        counts[address] = article.count('class="term"')
        for block in re.findall(r"<(?:p|li|tr|dd)[ >](?:(?!<(?:p|li|tr|dd)[ >]).)*", article, re.S):
            assert block.count('class="term"') <= 2, block
        words = len(re.sub(r"<[^>]*>", " ", article).split())
        assert counts[address] <= 0.03 * words, address
    topics = [count for address, count in counts.items() if address.startswith(("fundamentals/", "technologies/", "patterns/"))]
    assert min(topics) >= 10 and sum(topics) >= 1000


def test_hint_goes_when_a_link_in_it_is_followed(site, open_page):
    page = open_page(site.url + LINKED, bypass_csp=True)
    for link in page.locator("article :is(p, li) a:not(.term, .headerlink, .footnote-ref, [href*='kafka'], [href^='#'])").all():
        link.hover()
        page.wait_for_timeout(500)
        term = page.locator(".hint a.term[title]:visible")
        if term.count():
            break
    title = page.locator("article h1").inner_text()
    term.first.click()
    page.wait_for_function("title => document.querySelector('article h1').innerText !== title", arg=title)
    assert page.locator(".hint").is_hidden()
