"""A figure is written once, in docs/numbers.yml, and shown from there with condition, kind and source."""

import logging
import re
from datetime import date, timedelta

import markdown
import pytest

from hooks import quantities, sources
from tests.conftest import DOCS

RECORDS = """\
- id: cache-read
  component: cache
  label: Read, same zone
  low: 0.2
  high: 1
  unit: ms
  condition: small value <1 kB
  kind: measured
  source: { title: "A & B", url: "https://example.com/a?b=1&c=2" }
  checked: 2026-11-01
  sheet: true
- id: cache-nodes
  component: cache
  label: Nodes
  value: 1
  unit: copies
  condition: one cluster
  kind: limit
  source: { title: Manual, url: "https://example.com/" }
  checked: 2026-11-01
"""


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """Return a function that converts Markdown with the figures of RECORDS, or of another text."""

    def convert(text: str, records: str = RECORDS) -> str:
        path = tmp_path / "numbers.yml"
        path.write_text(records)
        monkeypatch.setattr(quantities, "NUMBERS", path)
        fence = {"name": "numbers", "class": "numbers", "format": quantities.fence}
        inline = {"name": "number", "class": "number", "format": quantities.inline}
        return markdown.markdown(
            text,
            extensions=["pymdownx.superfences", "pymdownx.inlinehilite"],
            extension_configs={
                "pymdownx.superfences": {"custom_fences": [fence]},
                "pymdownx.inlinehilite": {"custom_inline": [inline]},
            },
        )

    return convert


def cells(html: str) -> list[list[str]]:
    rows = re.findall("<tr>(.*?)</tr>", html)
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_component_becomes_a_table_in_the_order_of_the_file(convert):
    header, first, second = cells(convert("```numbers\ncache\n```"))
    assert header == ["Figure", "Value", "Condition", "Kind and source"]
    assert first == ["Read, same zone", "0.2 to 1\u00a0ms", "small value &lt;1 kB", "measured: A &amp; B (Nov 2026)"]
    assert second[:2] == ["Nodes", "1\u00a0copy"]


def test_ids_are_shown_in_the_order_asked_and_once(convert):
    rows = cells(convert("```numbers\ncache-nodes\ncache\n```"))
    assert [row[0] for row in rows[1:]] == ["Nodes", "Read, same zone"]


def test_sheet_has_of_a_component_what_belongs_on_paper(convert):
    convert("")
    assert [q.label for q in quantities.chosen(["cache"], on_sheet=True)] == ["Read, same zone"]
    assert [q.label for q in quantities.chosen(["cache-nodes", "cache", "none"], on_sheet=True)] == ["Read, same zone"]


def test_figure_in_a_sentence_leads_to_its_source_and_shows_its_condition(convert):
    html = convert("A read takes `#!number cache-read` here.")
    assert '>0.2 to 1\u00a0ms</a> here.' in html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in html
    assert "small value &lt;1 kB (measured)" in html


@pytest.mark.parametrize(
    "value, shown",
    [
        ("value: 10000", "10,000\u00a0ms"),
        ("value: 0.0001", "0.0001\u00a0ms"),
        ("value: 0.00001", "0.00001\u00a0ms"),
        ("value: 99.999", "99.999\u00a0ms"),
        ("value: 99.999999999", "99.999999999\u00a0ms"),  # durability has eleven nines
        ("low: 5", "at least 5\u00a0ms"),
        ("high: 0.5", "at most 0.5\u00a0ms"),
        ("value: 18446744073709551616", "1.84 × 10¹⁹\u00a0ms"),
    ],
)
def test_value_is_written_for_people(value, shown, convert):
    records = RECORDS.replace("low: 0.2\n  high: 1", value)
    assert cells(convert("```numbers\ncache-read\n```", records))[1][1] == shown


@pytest.mark.parametrize(
    "wrong, instead, line, message",
    [
        ("  condition: one cluster\n", "", 12, 'the figure "cache-nodes" has no condition; write condition: ...'),
        ("kind: limit", "kind: limits", 18, 'has an unknown kind, "limits"; write limit,'),
        ("unit: ms", "unit: msec", 6, 'has an unknown unit, "msec"; write ms,'),
        ("low: 0.2", "low: 7", 4, "has low 7 above high 1; swap them"),
        ("  value: 1\n", "", 12, "has no value; write value: for one number, low: and high: for a range, not both"),
        ("value: 1\n", "value: 1\n  low: 1\n", 12, "has no value; write value: for one number"),
        ("value: 1\n", "value: one\n", 15, "has a value that does not fit: 'one' is not of type 'number'"),
        ("id: cache-nodes", "id: cache-read", 12, 'the figure "cache-read" stands twice'),
        ("source: { title: Manual, url:", "source: { title: Manual, address:", 19, "has no url; write source.url: ..."),
        ("url: \"https://example.com/\"", "url: example", 19, "has a source.url that does not fit"),
        ("checked: 2026-11-01\n  sheet", f"checked: {date.today() + timedelta(days=2)}\n  sheet", 10, "lies in the future"),
        ("checked: 2026-11-01\n  sheet", "checked: November\n  sheet", 10, "was checked on November, which is no date"),
        ("checked: 2026-11-01\n  sheet", "checked: 2026-11-01 10:00:00\n  sheet", 10, "was checked on 2026-11-01 10:00:00, which is no date"),
        ("high: 1\n", "high: .inf\n", 5, "has a high that is no number; write digits"),
        ("value: 1\n", "value: .nan\n", 15, "has a value that is no number; write digits"),
        ("  sheet: true", "  sheets: true", 11, "'sheets' was unexpected"),
        ("value: 1\n", "value: [1\n", 16, "this is not YAML"),
    ],
)
def test_mistake_in_the_file_is_reported_with_its_line(wrong, instead, line, message, convert, caplog):
    assert wrong in RECORDS
    convert("`#!number cache-read`", RECORDS.replace(wrong, instead))
    assert re.search(rf"numbers\.yml:{line}: .*{re.escape(message)}", caplog.text), caplog.text


def test_each_build_reports_the_mistakes_of_an_unchanged_file(tmp_path, monkeypatch, caplog):
    (tmp_path / "numbers.yml").write_text("- 1\n")
    monkeypatch.setattr(quantities, "NUMBERS", tmp_path / "numbers.yml")
    for builds in (1, 2):
        sources.on_files([])
        quantities.quantities(), quantities.quantities()
        assert caplog.text.count("this is no figure") == builds


def test_limit_that_nobody_checked_for_half_a_year_is_named(convert, caplog):
    """As a note: time alone must not fail a build."""
    long_ago = RECORDS.replace("2026-11-01", str(date.today() - timedelta(days=181)))
    with caplog.at_level(logging.INFO):
        convert("`#!number cache-nodes`", long_ago)
    notes = [record for record in caplog.records if "last checked" in record.getMessage()]
    assert [record.levelname for record in notes] == ["INFO"]  # the measured figure beside it does not age
    assert "numbers.yml:12: the limit cache-nodes was last checked" in notes[0].getMessage()


def test_only_a_short_unit_is_tied_to_its_number(convert):
    """"100,000 to 200,000 requests/s" may go on after 200,000; "64 TiB" stays in one piece."""
    for unit, shown in [("Mbit/s", "1\u00a0Mbit/s"), ("requests/s", "1 request/s"), ("round trips", "1 round trip")]:
        assert shown in convert("`#!number cache-nodes`", RECORDS.replace("unit: copies", f"unit: {unit}"))


def test_one_of_it_is_no_plural(convert):
    for value, unit, shown in [("low: 1", "connections", "at least 1 connection<"), ("value: 1", "consecutive successes", "1 consecutive success<")]:
        records = RECORDS.replace("value: 1\n  unit: copies", f"{value}\n  unit: {unit}")
        assert shown in convert("`#!number cache-nodes`", records)


def test_change_of_the_file_shows_in_the_next_build(convert):
    """Live reload."""
    convert("`#!number cache-nodes`")
    assert "2 copies" in convert("`#!number cache-nodes`", RECORDS.replace("value: 1\n", "value: 2 \n"))


def test_numbers_of_the_site_are_complete(caplog):
    records = quantities.read(DOCS / "numbers.yml")
    assert len(records) > 200 and not caplog.records


def test_every_component_is_shown_somewhere():
    """A figure nobody sees is a figure nobody keeps true."""
    shown = set()
    for path in DOCS.rglob("*.md"):
        text = path.read_text()
        shown.update(re.findall(r"`#!number ([^`]+)`", text))
        for block in re.findall(r"^ *```numbers[^\n]*\n(.*?)```", text, re.M | re.S):
            shown.update(block.split())
    unseen = [q.id for q in quantities.read(DOCS / "numbers.yml") if not {q.id, q.component} & shown]
    assert not unseen
