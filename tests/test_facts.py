"""No fact of the notes is dropped: each stands on the page that is its home.

facts.tsv holds, a row a fact: id, fact, home ("page#anchor") and `says`, words of that section that
state it (corrected, where the notes are wrong).
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hooks.backlinks import INLINE

LEDGER = Path(__file__).with_name("facts.tsv")
with LEDGER.open(newline="", encoding="utf-8") as file:
    FACTS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@dataclass
class Sections(HTMLParser):
    """Text of a page by heading anchor; a section holds its subsections."""

    def __post_init__(self):
        super().__init__()
        self.open: list[tuple[int, str]] = []
        self.text: dict[str, list[str]] = {}
        self.in_article = False
        self.skipped = 0

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "article":
            self.in_article = True
        if re.fullmatch("h[1-6]", tag) and "id" in attributes and self.in_article:
            level = int(tag[1])
            self.open = [entry for entry in self.open if entry[0] < level] + [(level, attributes["id"])]
        # Footnote marks interrupt a sentence.
        if self.skipped or (tag == "sup" and attributes.get("id", "").startswith("fnref")):
            self.skipped += 1

    def handle_endtag(self, tag):
        self.skipped = max(0, self.skipped - 1)
        if tag not in INLINE:
            self.handle_data(" ")  # two blocks, two words
        if tag == "article":
            self.in_article, self.open = False, []

    def handle_data(self, data):
        if not self.skipped:
            for _, anchor in self.open:
                self.text.setdefault(anchor, []).append(data)


def words(text: str) -> str:
    """Return text without differences of case, spacing and punctuation."""
    return " ".join(re.findall(r"[\w%+<>=/-]+", text.lower().replace("’", "'")))


@cache
def sections(html: str) -> dict[str, str]:
    parser = Sections()
    parser.feed(html)
    return {anchor: words("".join(parts)) for anchor, parts in parser.text.items()}


@pytest.mark.parametrize("fact", FACTS, ids=[fact["id"] for fact in FACTS])
def test_fact_is_stated_at_its_home(fact, site):
    page, _, anchor = fact["home"].partition("#")
    assert page and anchor, f'{LEDGER.name}: {fact["id"]} has no home; write "page#anchor" for: {fact["fact"]}'
    html = site.read("" if page == "index" else f"{page}/")
    assert anchor in sections(html), f"docs/{page}.md has no heading #{anchor}, the home of {fact['id']}"
    assert f" {words(fact['says'])} " in f" {sections(html)[anchor]} ", (
        f"docs/{page}.md no longer says {fact['says']!r} under #{anchor}; it stated {fact['id']}: {fact['fact']}"
    )


def test_every_row_says_something_of_its_own():
    short = [fact["id"] for fact in FACTS if len(fact["says"].split()) < 3]
    assert not short, f"three words or more, or any page would pass: {short}"
    assert len({fact["id"] for fact in FACTS}) == len(FACTS) == 1238
