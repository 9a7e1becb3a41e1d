"""The HTML of every page is valid: html-validate reads it against the living standard.

Its preset "standard" holds what the standard demands; what is good style or accessible is for other tests.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from hooks.offline import find_node
from tests.conftest import ROOT

VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"


@dataclass(frozen=True)
class Fault:
    """A fault of the theme's own markup, harmless and not ours to mend: rule, message, and the element's selector."""

    rule: str
    message: str
    selector: str

    def is_that(self, found: dict) -> bool:
        return found["ruleId"] == self.rule and self.message in found["message"] and bool(re.search(self.selector, found["selector"] or ""))


FAULTS_OF_THE_THEME = (
    # The check boxes that open the drawer and the search: browsers shall not restore them after a reload.
    Fault("valid-autocomplete", '<input type="checkbox">', "^#__(drawer|search)$"),
    # The pencil above a page says what the link is for; the standard knows no such word.
    Fault("attribute-misuse", '<a> does not allow rel="edit"', "article > a$"),
    # Labels of sections of the navigation that are never folded; browsers read an empty value as none.
    Fault("attribute-allowed-values", '"tabindex" has invalid value ""', r"^#__nav_\d+_label$"),
)


def faults(folder: Path, results: Path) -> list[tuple[str, dict]]:
    """Return what html-validate finds wrong in the HTML files below `folder`: place and message.

    They pass through the file `results`, since it cuts off what it prints to a pipe.
    """
    run = subprocess.run(
        [find_node(), VALIDATOR, "--preset", "standard", "--formatter", f"json={results}", "**/*.html"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert results.is_file(), run.stderr
    return [
        (f"{Path(result['filePath']).relative_to(folder).as_posix()}:{found['line']}", found)
        for result in json.loads(results.read_text())
        for found in result["messages"]
    ]


@pytest.fixture(scope="module")
def found(site, tmp_path_factory):
    """The faults of all pages."""
    return faults(site.folder, tmp_path_factory.mktemp("html") / "results.json")


def test_every_page_is_valid(found):
    ours = [(place, fault) for place, fault in found if not any(known.is_that(fault) for known in FAULTS_OF_THE_THEME)]
    assert [f"{place}: {fault['message']} ({fault['ruleId']})" for place, fault in ours] == []


@pytest.mark.parametrize("known", FAULTS_OF_THE_THEME, ids=lambda known: known.rule)
def test_what_is_excused_is_still_there(known, found):
    """Otherwise the theme has mended it, and the excuse goes."""
    assert any(known.is_that(fault) for _, fault in found)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<p id="a"></p><p id="a"></p>', "no-dup-id"),
        ("<div><p>open</p>", "close-order"),
        ("<p><div></div></p>", "close-order"),
        ('<img src="a.png" src="b.png" alt="">', "no-dup-attr"),
        ("<blink>old</blink>", "deprecated"),
        ("<a href=x>one <a href=y>two</a></a>", "element-permitted-content"),
        ("<ul><p>no item</p></ul>", "element-permitted-content"),
        ("<p>a < b & c</p>", "no-raw-characters"),
    ],
)
def test_an_invalid_page_is_found(body, rule, tmp_path):
    page = f'<!doctype html>\n<html lang="en"><head><title>A</title></head><body>\n{body}\n</body></html>\n'
    (tmp_path / "page.html").write_text(page)
    assert ("page.html:3", rule) in [(place, fault["ruleId"]) for place, fault in faults(tmp_path, tmp_path / "results.json")]
