"""Shows figures of docs/numbers.yml on pages: as a table, or one of them inside a sentence.

Plain functions named in mkdocs.yml, run while a page is converted: `fence` is the superfences format of
```numbers, whose lines are components or ids; `inline` is the inlinehilite format of `#!number id`. A figure
is thus written once, with its condition, kind, source and date.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from math import isfinite
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError
from markdown import Markdown

from hooks.authoring import decoded, line_of, log, loud, report, shown, source_of

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster
STALE_AFTER = timedelta(days=180)  # vendors change limits about twice a year
SCHEMA = Path(__file__).with_name("numbers.schema.json")
RECORD = Draft202012Validator(json.loads(SCHEMA.read_text())["items"])
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
NUMBERS = Path(__file__).parent.parent / "docs" / "numbers.yml"
CAPTION = "Figures, with condition, kind, source and date of the last check"


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

    def is_stale(self, today: date) -> bool:
        """Whether this is a vendor's limit that nobody has looked up for half a year."""
        return self.kind == "limit" and today - self.checked > STALE_AFTER

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
        unit = singular(self.unit) if {self.low, self.high} <= {1, None} else self.unit
        # A symbol stays with its number. A longer noun may go to the next line, or a narrow column would break it.
        space = "\u00a0" if len(unit.partition("/")[0]) < 5 else " "
        return f"{text}{space}{'µs' if unit == 'us' else unit}"

    @property
    def note(self) -> str:
        """What it is, under which condition, of what kind and from where, as shown on hover."""
        return f"{self.label}. {self.condition} ({self.kind}). {self.source_title}"


def singular(unit: str) -> str:
    """Return a plural unit for one of it: "round trips" gives "round trip", "copies/s" gives "copy/s"."""
    noun, slash, per = unit.partition("/")
    if len(noun) > 3 and noun.endswith("ies"):
        noun = noun[:-3] + "y"
    elif noun.endswith(("sses", "xes")):
        noun = noun[:-2]
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
    return f"{Decimal(str(value)).normalize():,f}"


def read(path: Path) -> list[Quantity]:
    """Return the figures of the file at `path`; report those that lack something and leave them out.

    hooks/numbers.schema.json says what a record holds; what a schema cannot say is checked here.
    """
    text = text_of(path)
    try:
        places = yaml.compose(text, LOADER)
        records = yaml.load(text, LOADER)
    except yaml.YAMLError as error:
        line, problem = place_of_error(error, text)
        report(shown(path), line, f"this is not YAML: {problem}", "see CONTRIBUTING.md, Numbers")
        return []
    except ValueError as error:  # a date that no calendar has
        report(shown(path), line_of_date(places), f"there is no such date: {error}", "write it as 2026-11-23")
        return []
    if not isinstance(records, list):
        report(shown(path), 1, "the file holds no list of figures", "see CONTRIBUTING.md, Numbers")
        return []
    found: dict[str, Quantity] = {}
    for record, place in zip(records, places.value, strict=True):
        if not isinstance(record, dict):
            report(shown(path), place.start_mark.line + 1, "this is no figure", "see CONTRIBUTING.md, Numbers")
            continue
        mistakes = [(line_in(place, error), *explain(error)) for error in RECORD.iter_errors(record)]
        keys = [key.value for key, _ in place.value]
        for number, (key, _) in enumerate(place.value):
            line, value = key.start_mark.line + 1, record.get(key.value)
            if key.value in keys[:number]:
                mistakes.append((line, f"has {key.value} twice", "keep one of the two"))
            if isinstance(value, float) and not isfinite(value):  # .inf and .nan are numbers to YAML, and to a schema
                mistakes.append((line, f"has a {key.value} that is no number", "write digits"))
        if not mistakes:
            quantity = parse(record)
            mistakes = list(contradictions(quantity, found, place))
            found.setdefault(quantity.id, quantity)
        for line, wrong, instead in mistakes:
            report(shown(path), line, f'the figure "{record.get("id")}" {wrong}', instead)
        if not mistakes and quantity.is_stale(date.today()):
            # Told, not warned: a build that passed yesterday must not fail because a day went by.
            line = place.start_mark.line + 1
            log.info("%s:%s: the limit %s was last checked on %s; check it again", shown(path), line, quantity.id, quantity.checked)
    return list(found.values())


def text_of(path: Path) -> str:
    """Return the text of the file at `path`, "" where there is none; hooks/sources.py reports what is not UTF-8."""
    return decoded(path.read_bytes()) if path.is_file() else ""


def place_of_error(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """Return the line, from 1, of an error of YAML and what the error is."""
    if isinstance(error, yaml.MarkedYAMLError):
        return error.problem_mark.line + 1 if error.problem_mark else None, error.problem
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, text.find(chr(error.character))) + 1, f"character U+{error.character:04X} is not allowed"
    return None, str(error)


def line_of_date(places: yaml.SequenceNode) -> int | None:
    """Return the line of the first date that cannot be."""
    for key, value in (field for record in places.value for field in record.value):
        try:
            yaml.safe_load(value.value) if value.tag.endswith(":timestamp") else None
        except ValueError:
            return key.start_mark.line + 1
    return None


def line_in(place: yaml.MappingNode, error: ValidationError) -> int:
    """Return the line of the field that `error` is about, or the first line of the record."""
    fields = {key.value: key.start_mark.line + 1 for key, _ in place.value}
    if error.validator == "additionalProperties":
        return next(line for name, line in fields.items() if name not in error.schema["properties"])
    return fields.get(error.path[0] if error.path else None, place.start_mark.line + 1)


def explain(error: ValidationError) -> tuple[str, str]:
    """Return what is wrong with a record and what to write instead."""
    field = ".".join(str(part) for part in error.path)
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"has no {missing[0]}", f"write {field + '.' if field else ''}{missing[0]}: ..."
    if error.validator == "oneOf":
        return "has no value", "write value: for one number, low: and high: for a range, not both"
    if error.validator == "enum":
        near = get_close_matches(str(error.instance), error.validator_value, n=3, cutoff=0.4) or error.validator_value[:4]
        return f'has an unknown {field}, "{error.instance}"', f"write {', '.join(near)}, or add it to hooks/numbers.schema.json"
    return f"has a {field or 'field'} that does not fit: {error.message}", "see CONTRIBUTING.md, Numbers"


def contradictions(quantity: "Quantity", found: dict, place: yaml.MappingNode):
    """Yield line, mistake and remedy for what is wrong with a complete record."""
    lines = {key.value: key.start_mark.line + 1 for key, _ in place.value}
    if quantity.id in found:
        yield lines["id"], "stands twice", "give one of the two another id"
    if None not in (quantity.low, quantity.high) and quantity.low > quantity.high:
        yield lines["low"], f"has low {quantity.low} above high {quantity.high}", "swap them"
    if type(quantity.checked) is not date:  # a datetime is one too, and cannot be compared
        yield lines["checked"], f"was checked on {quantity.checked}, which is no date", "write it as 2026-11-23"
    elif quantity.checked > date.today():
        yield lines["checked"], f"was checked on {quantity.checked}, which lies in the future", "write the day you read the source"


def parse(record: dict) -> Quantity:
    """Return a record of the file as a figure."""
    low, high = (record["value"],) * 2 if "value" in record else (record.get("low"), record.get("high"))
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
    return _read_once(NUMBERS, NUMBERS.stat().st_mtime_ns if NUMBERS.is_file() else 0)


def forget() -> None:
    """Have the figures read again: each build tells what is wrong with them, not only the first after a change."""
    _read_once.cache_clear()


def chosen(names: Iterable[str], md: Markdown | None = None, on_sheet: bool = False) -> list[Quantity]:
    """Return the figures that components and ids name, in that order and each once.

    `on_sheet` leaves out those that do not belong on the printed sheet. Where a page is converted, by `md`, names of
    nothing are reported.
    """
    rows: dict[Quantity, None] = {}
    for name in names:
        every = [q for q in quantities() if name in (q.id, q.component)]
        named = [q for q in every if q.sheet or not on_sheet]
        if md and not every:
            report_unknown(name, md)
        elif md and not named:
            path = source_of(md)
            report(path, line_of(path, name), f'nothing of "{name}" belongs on the sheet', "write sheet: true in docs/numbers.yml")
        rows |= dict.fromkeys(named)
    return list(rows)


@loud
def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the HTML table of the components and ids named in a ```numbers fence, in that order."""
    if not source.split():
        path = source_of(md)
        report(path, line_of(path, source), "a fence of numbers names no figure", "write a component or an id of docs/numbers.yml")
    return table(chosen(source.split(), md))


@loud
def inline(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Return one figure for a sentence; its condition, kind and source show on hover and by its link."""
    named = [quantity for quantity in quantities() if quantity.id == source.strip()]
    if not named:
        report_unknown(source.strip(), md)
        return f"<strong>{escape(source)}?</strong>"
    quantity = named[0]
    return (
        f'<a class="number" href="{escape(quantity.source_url)}" title="{escape(quantity.note)}">{escape(quantity.value)}</a>'
    )


def report_unknown(name: str, md: Markdown) -> None:
    """Report a name that is no id, with the nearest names that are ids or components.

    Figures that stand in the file but could not be read are reported there.
    """
    path = source_of(md)
    if ids := [q.id for q in quantities() if q.component == name]:
        report(path, line_of(path, name), f'"{name}" is a component, not one figure', f"write {ids[0]}, or another of its ids")
        return
    if not quantities() or re.search(rf"(?m)^(?:- id|  component): *{re.escape(name)}\s*(?:#.*)?$", text_of(NUMBERS)):
        return
    known = {q.id for q in quantities()} | {q.component for q in quantities()}
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    instead = f"did you mean {' or '.join(near)}?" if near else "add it to docs/numbers.yml"
    report(path, line_of(path, name), f'no figure or component "{name}" stands in docs/numbers.yml', instead)


def table(rows: list[Quantity]) -> str:
    """Return figures as an HTML table: what, how much, under which condition, from where."""
    body = "".join(f"{row(quantity)} " for quantity in rows)
    return (
        f'<div class="numbers"><table><caption>{CAPTION}</caption> '
        "<thead><tr><th scope=col>Figure</th> <th scope=col>Value</th> "
        "<th scope=col>Condition</th> <th scope=col data-search-exclude>Kind and source</th></tr></thead> "
        f"<tbody>{body}</tbody></table></div>"
    )


def row(quantity: Quantity) -> str:
    """Return a figure as a row of the table; spaces between the cells keep their words apart in the search index."""
    return (
        f"<tr><th scope=row>{escape(quantity.label)}</th> <td>{escape(quantity.value)}</td> "
        f"<td>{escape(quantity.condition)}</td> "
        f'<td data-search-exclude>{quantity.kind}: <a href="{escape(quantity.source_url)}">{escape(quantity.source_title)}</a>'
        f' <time datetime="{quantity.checked}">({quantity.checked:%b %Y})</time></td></tr>'
    )
