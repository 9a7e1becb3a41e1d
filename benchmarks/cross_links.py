"""Measures what cross-linking costs. Part of `make bench`.

Two ratios of processor time, each the median of five interleaved runs:

- The time that converting all pages of docs/ takes longer with the extension than without, page by page, as a
  share of a bare `mkdocs build` of the same pages: the command with this theme, its search and the same
  Markdown extensions, and nothing of this project's own.
- The time of looking for 5,000 terms in those pages over that for 250. They are made up so that each begins
  with a word of the pages and none is found; more terms begin with more of the words.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page

from benchmarks.builds import ROOT, bare, build, seconds, settings, write
from hooks.cross_links import mentions, tree_of
from hooks.glossary import Term

RUNS = 5


def overhead(plain, linked) -> float:
    """Return how many seconds longer the pages of docs/ take with the configuration `linked` than with `plain`."""
    files, extra = get_files(plain), 0.0
    for number, file in enumerate(files.documentation_pages()):
        # Both ways in turn go first, since the second finds the processor warm.
        for config, sign in ((plain, -1), (linked, 1))[:: 1 if number % 2 else -1]:
            page = Page(None, file, config)
            page.read_source(config)
            extra += sign * seconds(lambda page=page, config=config: page.render(config, files))
    return extra


def share() -> float:
    """Return the time for linking as a share of a bare build of the same pages."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(bare(settings()), Path(folder, "bare.yml"))
        linked_path = write(bare(settings(), keep=("hooks.cross_links",)), Path(folder, "linked.yml"))
        plain, linked = load_config(str(path)), load_config(str(linked_path))
        overhead(plain, linked)  # reads the glossary and fills caches
        return median(overhead(plain, linked) / seconds(lambda: build(path)) for _ in range(RUNS))


def growth() -> float:
    """Return the time for finding 5,000 terms over that for 250, in the same text."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    words = sorted(set(re.findall(r"[a-z]{4,}", text)))
    few, many = (
        tree_of([Term(f"{words[n % len(words)]} x{n}", (), "", "index.md", (), None) for n in range(size)]) for size in (250, 5000)
    )
    return median(seconds(lambda: list(mentions(text, many))) / seconds(lambda: list(mentions(text, few))) for _ in range(RUNS))


def figures() -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what is measured."""
    yield "cross-links: share of a bare build of the same pages", f"{share():.1%}", "at most 10%"
    yield "cross-links: time with 5,000 terms over that with 250", f"{growth():.2f}", "about 1"
