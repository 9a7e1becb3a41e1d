"""Tells an author where a mistake stands and what to write instead.

No hook of its own: the other modules report through it. A report is a warning in MkDocs' own log, so
`make serve` shows it and goes on, and `make build` (strict) fails after listing all of them.
"""

import logging
from pathlib import Path

from markdown import Markdown

log = logging.getLogger("mkdocs.hooks.authoring")


def report(path: Path | str | None, line: int | None, wrong: str, instead: str) -> None:
    """Warn that `wrong` stands at `path`:`line` and that the author should write `instead`."""
    place = ":".join(str(part) for part in (path, line) if part) or "a page"
    log.warning("%s: %s; %s", place, wrong, instead)


def source_of(md: Markdown) -> Path | None:
    """Return the file whose text `md` converts, or None outside MkDocs.

    MkDocs names it only in the tree processor that resolves relative links; asking there keeps the
    extensions free of events and of state.
    """
    if "relpath" not in md.treeprocessors:
        return None
    file = md.treeprocessors["relpath"].file
    return shown(file.abs_src_path) if file.abs_src_path else Path(file.src_uri)


def shown(path: str | Path) -> Path:
    """Return `path` as an author would type it: relative to the working directory where it lies below."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def line_of(path: Path | None, text: str) -> int | None:
    """Return the number, from 1, of the line of the file at `path` on which `text` first begins.

    Only the first line of `text` that has a word in it is looked for, so that a block matches
    although its indentation was removed on the way.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or path is None or not path.is_file():
        return None
    source = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    for start in range(len(source)):
        here = [line for line in source[start : start + 2 * len(lines)] if line][: len(lines)]
        if here == lines and source[start]:
            return start + 1
    return next((number for number, line in enumerate(source, 1) if lines[0] in line), None)
