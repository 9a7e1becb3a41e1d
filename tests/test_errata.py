"""No known error is passed on: each is corrected in a trap callout of the page where its topic lives.

errata.tsv holds, a row an erratum: id, page ("fundamentals/storage.md") and `says`, words of one trap
on that page that state the correction. Page `editorial` marks what no page can state, such as a lost
link; `says` then gives the reason.
"""

import csv
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.test_facts import words
from tests.test_site import address

LEDGER = Path(__file__).with_name("errata.tsv")
with LEDGER.open(newline="", encoding="utf-8") as file:
    ERRATA = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@dataclass
class Traps(HTMLParser):
    """Text of each trap callout of a page, its title included."""

    found: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.depth = self.skipped = 0

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "div":
            if not self.depth and {"admonition", "trap"} <= set((attributes.get("class") or "").split()):
                self.depth = 1
                self.found.append("")
            elif self.depth:
                self.depth += 1
        # Footnote marks interrupt a sentence.
        if self.depth and (self.skipped or (tag == "sup" and attributes.get("id", "").startswith("fnref"))):
            self.skipped += 1

    def handle_endtag(self, tag):
        self.skipped = max(0, self.skipped - 1)
        if tag == "div" and self.depth:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth and not self.skipped:
            self.found[-1] += data


@cache
def traps(html: str) -> tuple[str, ...]:
    parser = Traps()
    parser.feed(html)
    return tuple(map(words, parser.found))


def test_traps_are_found_with_title_and_without_footnote_marks():
    html = (
        '<div class="admonition trap"><p class="admonition-title">Often said</p>\n<div><p>True'
        '<sup id="fnref:a"><a href="#fn:a">1</a></sup>, if so.</p></div></div>'
        '<div class="admonition scenario"><p>Something else</p></div>'
    )
    assert traps(html) == ("often said true if so",)


@pytest.mark.parametrize("erratum", ERRATA, ids=[erratum["id"] for erratum in ERRATA])
def test_erratum_is_corrected_in_a_trap(erratum, site):
    if erratum["page"] == "editorial":
        return
    found = traps(site.read(address(erratum["page"])))
    assert any(f" {words(erratum['says'])} " in f" {trap} " for trap in found), (
        f"docs/{erratum['page']}: no trap says {erratum['says']!r} any more; it corrected {erratum['id']}"
    )


def test_every_row_says_something_and_stands_once_in_order():
    short = [erratum["id"] for erratum in ERRATA if len(erratum["says"].split()) < 3]
    assert not short, f"three words or more, or any trap would pass: {short}"
    ids = [erratum["id"] for erratum in ERRATA]
    assert ids == sorted(set(ids)), "keep errata.tsv sorted by id, each id once"
