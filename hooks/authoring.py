"""Tells an author where a mistake stands and what to write instead.

No hook of its own: the other modules report through it. A report is a warning in MkDocs' own log, so
`make serve` shows it and goes on, and `make build` (strict) fails after listing all of them.
"""

import codecs
import logging
import re
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import pairwise
from pathlib import Path

import yaml
from markdown import Markdown
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from hooks.engine import place_of

log = logging.getLogger("mkdocs.hooks.authoring")
EMPTY = re.compile(r"(`{3,}|~{3,}).*\n\1")  # a fence with nothing in it
LISTS = {"figures"}  # those fields of an entry that hold several texts; others hold one


def report(path: Path | str | None, line: int | None, wrong: str, instead: str) -> None:
    """Warn that `wrong` stands at `path`:`line` and that the author should write `instead`."""
    place = ":".join(str(part) for part in (path, line) if part) or "a page"
    log.warning("%s: %s; %s", place, wrong, instead)


def source_of(md: Markdown) -> Path | None:
    """Return the file whose text `md` converts, as an author would type it, or None outside an engine."""
    place = place_of(md)
    return place and shown(place.file)


def shown(path: str | Path) -> Path:
    """Return `path` as an author would type it: relative to the working directory where it lies below."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class Fault(SuperFencesException, InlineHiliteException):
    """What went wrong in the format of a fence: the two extensions pass over any other exception and show the source."""


def loud(format_: Callable[..., str]) -> Callable[..., str]:
    """Return the format of a fence, or of code in a sentence, so that an exception in it ends the build."""

    @wraps(format_)
    def formatted(*arguments, **options) -> str:
        try:
            return format_(*arguments, **options)
        except Exception as error:
            raise Fault(str(error)) from error

    return formatted


def decoded(content: bytes) -> str:
    """Return what can be read of a source that should be UTF-8; UTF-16 tells of itself by its first two bytes.

    Each line ends with "\\n", as in what Python reads from a file.
    """
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return content.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def line_of(path: Path | None, text: str) -> int | None:
    """Return the number, from 1, of the line of the file at `path` on which `text` first begins.

    Indentation and empty lines do not count, since they are lost on the way; where `text` does not stand as a
    whole, its first line is looked for. No text at all is what an empty fence holds: the line that closes it.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if path is None or not path.is_file():
        return None
    source = [line.strip() for line in decoded(path.read_bytes()).split("\n")]  # splitlines knows ends that editors do not
    if not lines:
        return next((number for number, (above, line) in enumerate(pairwise(source), 2) if EMPTY.fullmatch(f"{above}\n{line}")), None)
    for start in range(len(source)):
        here = [line for line in source[start : start + 2 * len(lines)] if line][: len(lines)]
        if here == lines and source[start]:
            return start + 1
    holding = [(not line.startswith(lines[0]), number) for number, line in enumerate(source, 1) if lines[0] in line]
    return min(holding)[1] if holding else None  # rather where it begins a line


def entries_of(source: str, fields: tuple[str, ...], md: Markdown) -> Iterator[dict]:
    """Yield the entries of a fence that holds a YAML list; report what is no YAML, and entries that lack a field."""
    path = source_of(md)
    start = line_of(path, source) or 1
    try:
        node, entries = yaml.compose(source, yaml.SafeLoader), yaml.safe_load(source)
    except yaml.YAMLError as error:
        if isinstance(error, yaml.MarkedYAMLError):  # else a control character, which hooks/sources.py reports
            line = start + error.problem_mark.line if error.problem_mark else start
            report(path, line, f"this is not YAML: {error.problem}", 'put a text with ": " in quotation marks')
        return
    except ValueError as error:
        report(path, start, f"there is no such date: {error}", "put it in quotation marks")
        return
    if not isinstance(entries, list):
        report(path, start, "the fence holds no list", f"write entries with {', '.join(fields)}")
        return
    for entry, place in zip(entries, node.value, strict=True):
        if missing := lacking(entry, fields):
            value = '["..."]' if missing[0] in LISTS else '"..."'
            report(path, start + place.start_mark.line, f"the entry has no {missing[0]}", f"write {missing[0]}: {value}")
        else:
            yield entry


def lacking(entry: object, fields: tuple[str, ...]) -> list[str]:
    """Return those of `fields` that an entry of a fence lacks, or that hold no text."""
    given = entry if isinstance(entry, dict) else {}
    return [name for name in fields if not are_texts(given.get(name) if name in LISTS else [given.get(name)])]


def are_texts(values: object) -> bool:
    """Return whether `values` is a list of texts, at least one and none empty."""
    return isinstance(values, list) and bool(values) and all(isinstance(value, str) and value for value in values)


def complete_entries(source: str, fields: tuple[str, ...]) -> list[dict]:
    """Return the entries of a fence for which `entries_of` reports nothing."""
    try:
        entries = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError):
        return []
    return [entry for entry in entries if not lacking(entry, fields)] if isinstance(entries, list) else []
