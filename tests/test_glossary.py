"""The glossary is a page people read and the data that links, search and cards come from."""

import re
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

import pytest

from hooks.glossary import GLOSSARY, Term, group, mistakes, read
from hooks.mistakes import contents_of
from tests.test_mistakes import warnings_of

ADDRESS = "reference/glossary/"
TERMS = read(GLOSSARY)

TEXT = """\
---
title: Glossary
description: Terms in one sentence each, with a link to the section that explains them to a reader.
---

# Glossary

Words about words.

## L

Log
:   A file, or *stream*, of records < 1 MB & nothing else. [Kafka](../technologies/kafka.md#topics) Linked only on [Kafka](../technologies/kafka.md), [Storage](../fundamentals/storage.md#log).

## W

Write-ahead log (WAL, redo log)
:   A file that has each change before the data, as `fsync` makes sure. [Storage](../fundamentals/storage.md#wal)
"""


@pytest.fixture
def written(tmp_path):
    """Return a function that parses the text of a glossary."""

    def written(text: str) -> list[Term]:
        path = tmp_path / "glossary.md"
        path.write_text(text)
        return read(path)

    return written


@pytest.fixture
def warnings(tmp_path, monkeypatch, caplog):
    """Return a function that builds a small site with the text of a glossary and returns what the build warns of."""
    monkeypatch.chdir(tmp_path)

    def warnings(text: str) -> list[str]:
        storage = "{good}\n# Storage\n## Log\n## WAL"
        docs = {"reference/glossary.md": text, "technologies/kafka.md": "{good}\n# Kafka\n## Topics", "fundamentals/storage.md": storage}
        return warnings_of(tmp_path, {"docs": docs}, caplog)

    return warnings


def test_entry_has_name_aliases_definition_home_pages_and_line(written):
    log, wal = written(TEXT)
    assert wal == Term(
        name="Write-ahead log",
        aliases=("WAL", "redo log"),
        definition="A file that has each change before the data, as fsync makes sure.",
        home="fundamentals/storage.md#wal",
        pages=(),
        line=17,
    )
    assert wal.names == ("Write-ahead log", "WAL", "redo log") and wal.anchor == "term-write-ahead-log"
    assert log.definition == "A file, or stream, of records < 1 MB & nothing else."
    assert (log.home, log.pages) == ("technologies/kafka.md#topics", ("technologies/kafka.md", "fundamentals/storage.md"))


def test_word_of_the_home_may_stand_in_the_definition(written):
    log, _ = written(TEXT.replace("nothing else. [Kafka]", "no Kafka. [Kafka]"))
    assert log.definition.endswith("& no Kafka.")


def test_term_of_one_letter_is_not_taken_for_its_heading(written):
    assert written(TEXT.replace("\nLog\n", "\nL\n"))[0].line == 12


def test_glossary_without_mistakes_gives_no_warning(warnings):
    assert warnings(TEXT) == []


@pytest.mark.parametrize(
    "right, wrong, line, message",
    [
        ("Write-ahead log (WAL", "Log (WAL", 17, '"Log" stands already in line 12; keep one of the two'),
        ("(WAL, redo log)", "(WAL, log)", 17, '"log" stands already in line 12; keep one of the two'),
        ("(WAL, redo log)", "(WAL, wal)", 17, '"wal" stands already in line 17; keep one of the two'),
        ("A file that has each change before the data, as `fsync` makes sure. ", "", 17,
         'the term "Write-ahead log" has no definition; write ":   One sentence." on the next line'),
        (":   A file, or", "A file, or", 12, 'the term "Log" has no definition'),
        ("## W\n", "## W\n\nWorker (thread)\n", 17, 'the term "Worker" has no definition'),
        ("## W\n", "## W\n\nWorker", 17, 'the term "Worker" has no definition'),
        (" [Storage](../fundamentals/storage.md#wal)", "", 17,
         'the term "Write-ahead log" has no home; end its definition with a link to the section that explains it'),
        (" [Kafka](../technologies/kafka.md#topics)", "", 12, 'the term "Log" has no home'),
        ("storage.md#wal", "storge.md#wal", 18, 'the link "../fundamentals/storge.md#wal" leads nowhere; did you mean ../fundamentals/storage.md?'),
        (" [Storage](../fundamentals/storage.md#wal)", " [Storage](https://example.com/#wal)", 17, 'the term "Write-ahead log" has no home'),
        ("(../technologies/kafka.md),", "(../technologies/kafak.md),", 12,
         '"Linked only on" names technologies/kafak.md, which does not exist; did you mean technologies/kafka.md?'),
        ("storage.md#wal", "storage.md#wall", 18, 'fundamentals/storage.md has no anchor "#wall"; did you mean #wal?'),
    ],
)  # fmt: skip
def test_mistake_is_reported_with_its_line(right, wrong, line, message, warnings):
    assert TEXT.count(right) == 1
    got = warnings(TEXT.replace(right, wrong))
    assert [text for text in got if text.startswith(f"docs/reference/glossary.md:{line}: ") and message in text], got


def test_entries_that_are_the_same_are_told_apart_by_their_lines(warnings):
    entry = TEXT[TEXT.index("Write-ahead") :]
    got = warnings(f"{TEXT}\n{entry}")
    assert any(text.startswith('docs/reference/glossary.md:20: "Write-ahead log" stands already in line 17') for text in got), got


def test_mended_mistake_is_gone_in_the_next_build(warnings, caplog):
    assert warnings(TEXT.replace("(WAL, redo log)", "(log)"))
    caplog.clear()
    assert warnings(TEXT) == []


def test_each_term_has_an_anchor_and_each_letter_a_link(warnings, tmp_path):
    warnings(TEXT)
    html = (tmp_path / "site" / ADDRESS / "index.html").read_text()
    assert re.findall('<dt id="([^"]+)">', html) == ["term-log", "term-write-ahead-log"]
    bar = re.search('<nav [^>]*class="letters".*?</nav>', html, re.S)[0]
    assert re.findall('<a href="([^"]+)">([^<]+)</a>', bar) == [("#l", "L"), ("#w", "W")]
    assert html.index("Words about words") < html.index(bar) < html.index('<h2 id="l"')


def test_other_pages_have_neither_bar_nor_anchors(warnings, tmp_path):
    warnings(TEXT)
    path = tmp_path / "docs" / "fundamentals" / "storage.md"
    path.write_text(path.read_text() + "\n\nLog\n:   A definition of its own.\n")
    warnings(TEXT)
    html = (tmp_path / "site" / "fundamentals" / "storage" / "index.html").read_text()
    assert "term-" not in html and 'class="letters"' not in html


def test_site_has_at_least_250_terms_in_order_and_each_has_a_home():
    assert len(TERMS) >= 250
    assert not [(a.name, b.name) for a, b in pairwise(TERMS) if a.name.casefold() > b.name.casefold()]
    assert not list(mistakes(TERMS))
    assert not [term.name for term in TERMS if not term.line]


def test_every_term_stands_under_its_letter():
    """The bar of letters would lead to the wrong place."""
    letter, wrong = "", []
    names = {term.line: term.name for term in TERMS}
    for number, line in enumerate(GLOSSARY.read_text().splitlines(), 1):
        if line.startswith("## "):
            letter = line.removeprefix("## ")
        if number in names and not (names[number][0].upper() == letter or (letter == "0-9" and names[number][0].isdigit())):
            wrong.append(f"docs/reference/glossary.md:{number}: {names[number]} under {letter}")
    assert not wrong


def test_every_home_is_a_heading_of_its_page(site):
    headings = {page: contents_of(site.read(page)).anchors for page in site.pages}
    lost = [
        f"docs/reference/glossary.md:{term.line}: {term.home}"
        for term in TERMS
        for page, _, anchor in [term.home.partition("#")]
        if not anchor or anchor not in headings[page.removesuffix(".md") + "/"]
    ]
    assert not lost


def test_page_shows_every_term_once_with_its_anchor(site):
    shown = re.findall('<dt id="([^"]+)">', site.read(ADDRESS))
    assert shown == [term.anchor for term in TERMS] and len(set(shown)) == len(shown)


def test_each_entry_is_one_element_which_no_column_parts(site):
    """Firefox and Safari part columns between a term and its definition."""
    lists = re.findall("<dl>.*?</dl>", site.read(ADDRESS), re.S)
    assert all(re.fullmatch(r"<dl>\s*(<div><dt(?:(?!<dt).)*</dd>\s*</div>\s*)+</dl>", entries, re.S) for entries in lists)
    assert "".join(lists).count("<div>") == len(TERMS)


def test_terms_that_share_a_definition_stay_together():
    listed = Element("dl")
    for tag in ("dt", "dt", "dd", "dd", "dt", "dd"):
        SubElement(listed, tag)
    group(listed)
    assert [[child.tag for child in entry] for entry in listed] == [["dt", "dt", "dd", "dd"], ["dt", "dd"]]


def test_letter_leads_to_its_heading(site, open_page):
    page = open_page(site.url + ADDRESS, bypass_csp=True)
    letter = page.locator(".letters").get_by_role("link", name="W", exact=True)
    at_the_top = "() => { const top = document.getElementById('w').getBoundingClientRect().top; return 0 < top && top < 300 }"
    letter.click()
    page.wait_for_function(at_the_top)
    page.wait_for_load_state("networkidle")  # the theme fetches a page again at the first jump within it
    page.get_by_label("Filter the terms").fill("no such thing")
    letter.click()
    page.wait_for_function(at_the_top)  # the filter does not hide where one wants to go
    assert page.get_by_label("Filter the terms").input_value() == ""


def test_letter_at_the_side_leads_past_the_filter_too(site, open_page):
    page = open_page(site.url + ADDRESS, width=1440)
    letter = page.locator(".md-sidebar--secondary a[href$='#w']").first
    letter.click()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Filter the terms").fill("no such thing")
    letter.click()
    page.locator("h2#w").wait_for()


def test_filter_leaves_the_entries_that_hold_every_word(site, open_page):
    page = open_page(site.url + ADDRESS)
    terms, letters = page.locator(".letters ~ dl dt:visible"), page.locator(".letters ~ h2:visible")
    assert terms.count() == len(TERMS)
    page.get_by_label("Filter the terms").fill("  Ahead LOG wal ")
    assert "Write-ahead log" in terms.first.text_content()
    assert 0 < terms.count() < 20 and letters.count() <= terms.count()
    for entry in page.locator(".letters ~ dl:visible").all_inner_texts():
        assert "log" in entry.lower()
    assert page.locator(".letters ~ dl dd:visible").count() == terms.count()
    assert page.locator(".glossary-tools output").inner_text() == f"{terms.count()} of {len(TERMS)} terms"
    page.get_by_label("Filter the terms").fill("no such thing (at all")
    assert terms.count() == letters.count() == 0
    page.get_by_label("Filter the terms").fill("")
    assert terms.count() == len(TERMS)
    assert page.locator(".glossary-tools output").inner_text() == ""


def test_filter_shows_terms_by_their_names_first_and_the_others_when_asked(site, open_page):
    page = open_page(site.url + ADDRESS)
    terms, output, more = page.locator(".letters ~ dl dt:visible"), page.locator(".glossary-tools output"), page.locator(".glossary-tools button")
    for word in ("quorum", "lock", "CAP", "log"):
        page.get_by_label("Filter the terms").fill(word)
        names = terms.all_inner_texts()
        assert names and all(word.lower() in name.lower() for name in names), word
    shown = terms.count()
    assert output.inner_text() == f"{shown} of {len(TERMS)} terms"
    rest = int(re.fullmatch(r"(\d+) more in definitions", more.inner_text())[1])
    more.click()
    assert terms.count() == shown + rest and not more.is_visible()
    assert page.evaluate("document.activeElement.matches('.glossary-tools input')")
    names = " ".join(name for term in TERMS for name in term.names).lower()
    word = next(word for term in TERMS for word in re.findall("[a-z]{8,}", term.definition) if word not in names)
    page.get_by_label("Filter the terms").fill(word)  # in definitions alone
    assert terms.count() and not more.is_visible()
    page.get_by_label("Filter the terms").fill("")
    assert terms.count() == len(TERMS) and not more.is_visible()


def test_rule_of_linking_does_not_reach_the_page(site, warnings, tmp_path):
    assert any(term.pages for term in TERMS) and "Linked only" not in site.read(ADDRESS)
    warnings(TEXT)
    html = (tmp_path / "site" / ADDRESS / "index.html").read_text()
    assert 'nothing else. <a href="../../technologies/kafka/#topics">Kafka</a></dd>' in html


def test_path_stands_in_line_with_the_heading(site, open_page):
    page = open_page(site.url + ADDRESS, width=1920)
    assert abs(page.locator(".md-path__link").first.bounding_box()["x"] - page.locator("h1").bounding_box()["x"]) < 2


def test_filter_works_when_reached_by_instant_navigation(site, open_page):
    page = open_page(site.url + "reference/traps/")
    page.evaluate("window.same = true")
    page.locator(".md-nav--primary").get_by_role("link", name="Glossary").click()
    page.get_by_label("Filter the terms").fill("quorum")
    assert page.evaluate("window.same")
    assert page.locator(".glossary-tools input").count() == 1
    assert 0 < page.locator(".letters ~ dl dt:visible").count() < len(TERMS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, columns", [(360, 1), (1920, 2)])
def test_page_fits_a_phone_and_uses_a_wide_screen(width, columns, scheme, site, open_page):
    page = open_page(site.url + ADDRESS, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    lefts = {round(box["x"]) for box in map(lambda dt: dt.bounding_box(), page.locator("h2#a + dl dt").all())}
    assert len(lefts) == columns


def test_page_is_complete_without_javascript(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + ADDRESS)
    assert page.locator(".letters ~ dl dt:visible").count() == len(TERMS)
    assert not page.locator(".glossary-tools").is_visible()
    page.locator(".letters").get_by_role("link", name="W", exact=True).click()
    assert page.url.endswith("#w")


def test_paper_has_the_terms_in_two_columns_without_the_tools(site, open_page):
    page = open_page(site.url + ADDRESS, width=710)
    page.emulate_media(media="print")
    assert not page.locator(".letters").is_visible() and not page.locator(".glossary-tools").is_visible()
    assert len({round(dt.bounding_box()["x"]) for dt in page.locator("h2#a + dl dt").all()}) == 2
