"""Shows figures of docs/numbers.yml on pages: as a table, or one of them inside a sentence.

Plain functions named in mkdocs.yml, run while a page is converted: `fence` and `fence_options` are the
superfences format and validator of ```numbers, whose lines are components or ids; `inline` is the
inlinehilite format of `#!number id`. A figure is thus written once, with its condition, kind, source
and date.
"""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from pathlib import Path

import yaml
from markdown import Markdown

from hooks.authoring import line_of, report, shown, source_of

KINDS = ("definition", "limit", "measured", "rule of thumb")
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
NUMBERS = Path(__file__).parent.parent / "docs" / "numbers.yml"


@dataclass(frozen=True)
class Quantity:
    """One figure: `low` and `high` in `unit` (equal for a single value), true under `condition`."""

    id: str
    component: str
    label: str
    low: float | None
    high: float | None
    unit: str
    condition: str
    kind: str
    source_title: str
    source_url: str
    checked: date
    trigger: str | None
    sheet: bool

    @property
    def value(self) -> str:
        """The value as people read it: "10,000 connections", "1 to 5 ms", "at least 100,000 requests/s"."""
        if self.low == self.high:
            text = plain(self.low)
        elif self.high is None:
            text = f"at least {plain(self.low)}"
        elif self.low is None:
            text = f"at most {plain(self.high)}"
        else:
            text = f"{plain(self.low)} to {plain(self.high)}"
        unit = singular(self.unit) if text == "1" else self.unit
        return f"{text}\u00a0{'µs' if unit == 'us' else unit}" if unit else text


def singular(unit: str) -> str:
    """Return a plural unit for one of it: "round trips" gives "round trip", "copies/s" gives "copy/s"."""
    noun, slash, per = unit.partition("/")
    if len(noun) > 3 and noun.endswith("ies"):
        noun = noun[:-3] + "y"
    elif len(noun) > 3 and noun.endswith("s"):
        noun = noun[:-1]
    return noun + slash + per


def plain(value: float) -> str:
    """Return a number with thousands separators and without a trailing zero; huge ones as a power."""
    if abs(value) >= 1e15:
        digits, exponent = f"{value:.2e}".split("e")
        return f"{float(digits):g} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.10g}"


def read(path: Path) -> list[Quantity]:
    """Return the figures of the file at `path`; report those that lack something and leave them out."""
    found: dict[str, Quantity] = {}
    for record in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
        name = str(record.get("id", "?"))
        line = line_of(path, f"- id: {name}")
        try:
            quantity = parse(record)
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            report(shown(path), line, f'the figure "{name}" is incomplete: {reason}', "see CONTRIBUTING.md, Numbers")
            continue
        if name in found:
            report(shown(path), line, f'the id "{name}" stands twice', "give one of the two another id")
        found[name] = quantity
    return list(found.values())


def parse(record: dict) -> Quantity:
    """Return one record of the file as a figure; raise KeyError or ValueError for what it lacks."""
    low, high = (record["value"],) * 2 if "value" in record else (record.get("low"), record.get("high"))
    if low is None and high is None:
        raise KeyError("value (or low and high)")
    if low is not None and high is not None and low > high:
        raise ValueError(f"low {low} is above high {high}")
    if record["kind"] not in KINDS:
        raise ValueError(f'kind "{record["kind"]}" is none of {", ".join(KINDS)}')
    if record["checked"] > date.today():
        raise ValueError(f"checked {record['checked']} lies in the future")
    return Quantity(
        low=low,
        high=high,
        source_title=record["source"]["title"],
        source_url=record["source"]["url"],
        trigger=record.get("trigger"),
        sheet=record.get("sheet", False),
        **{key: record[key] for key in ("id", "component", "label", "unit", "condition", "kind", "checked")},
    )


@lru_cache(maxsize=4)
def _read_once(path: Path, modified: int) -> list[Quantity]:
    return read(path)


def quantities() -> list[Quantity]:
    """Return all figures, read again only when the file has changed."""
    return _read_once(NUMBERS, NUMBERS.stat().st_mtime_ns)


def fence_options(language: str, inputs: dict, options: dict, attrs: dict, md: Markdown) -> bool:
    """Accept the one option of a ```numbers fence: only="sheet" shows what belongs on the printed sheet."""
    options.update(inputs)
    return inputs in ({}, {"only": "sheet"})


def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the HTML table of the components and ids named in a ```numbers fence, in that order."""
    rows: list[Quantity] = []
    for name in source.split():
        named = [quantity for quantity in quantities() if name in (quantity.component, quantity.id)]
        if not named:
            report_unknown(name, md)
        rows += [row for row in named if row not in rows and (row.sheet or "only" not in options)]
    return table(rows)


def inline(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Return one figure for a sentence; its condition, kind and source show on hover and by its link."""
    named = [quantity for quantity in quantities() if quantity.id == source.strip()]
    if not named:
        report_unknown(source.strip(), md)
        return f"<strong>{escape(source)}?</strong>"
    quantity = named[0]
    note = f"{quantity.label}. {quantity.condition} ({quantity.kind}). {quantity.source_title}"
    return (
        f'<a class="number" href="{escape(quantity.source_url)}" title="{escape(note)}">{escape(quantity.value)}</a>'
    )


def report_unknown(name: str, md: Markdown) -> None:
    """Report a name that is neither a component nor an id, with the nearest names that are."""
    known = {q.id for q in quantities()} | {q.component for q in quantities()}
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    path = source_of(md)
    instead = f"did you mean {' or '.join(near)}?" if near else "add it to docs/numbers.yml"
    report(path, line_of(path, name), f'no figure or component "{name}" stands in docs/numbers.yml', instead)


def table(rows: list[Quantity]) -> str:
    """Return figures as an HTML table: what, how much, under which condition, from where."""
    body = "".join(
        f"<tr><th scope=row>{escape(row.label)}</th><td>{escape(row.value)}</td>"
        f"<td>{escape(row.condition)}</td>"
        f'<td>{row.kind}: <a href="{escape(row.source_url)}">{escape(row.source_title)}</a>'
        f' <time datetime="{row.checked}">({row.checked:%b %Y})</time></td></tr>'
        for row in rows
    )
    return (
        '<div class="numbers"><table><caption>Figures, with condition, kind, source and date of the last check</caption>'
        "<thead><tr><th scope=col>Figure</th><th scope=col>Value</th>"
        "<th scope=col>Condition</th><th scope=col>Kind and source</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
