"""Measures how the whole build grows. Part of `make bench`.

The ratio of processor time that 3,000 synthesized pages take with everything this project adds (hooks,
Markdown extensions, checks) to a bare build of the same pages, both with the theme's navigation.prune, without
which its own quadratic cost hides everything: the median of three interleaved runs.

A synthesized page holds paragraphs, lists and tables drawn from the real pages, and links to its neighbors. Terms are a
quarter more frequent than there, since everyday words are linked on every page. Fences are left out: drawing is measured elsewhere, and a bare build cannot.
"""

import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.builds import ROOT, bare, build, seconds, settings, write
from hooks.glossary import terms

PAGES, RUNS = 3000, 3
SECTIONS, BLOCKS = 5, 3  # of a page, of a section
A_FOLDER = 100  # pages


def blocks_of(text: str) -> list[str]:
    """Return the paragraphs, lists and tables of a page that stand alone: no headings, fences, callouts, links."""
    body = re.sub(r"\A---\n.*?\n---\n|^```.*?^```\n|^## Sources.*", "", text, flags=re.S | re.M)
    blocks = [re.sub(r"\[\^[^\]]+\]", "", block) for block in re.split(r"\n\n+", body)]
    return [block for block in blocks if re.match(r"[A-Z*|-]", block) and not re.search(r"\]\(|\]:|#!number|^    ", block, re.M)]


def path_of(page: int) -> str:
    """Return the path from docs/ of a synthesized page."""
    return f"fundamentals/f{page // A_FOLDER}/p{page}.md"


def synthesize(docs: Path, pages: int) -> list:
    """Write `pages` pages below `docs`, with the site's glossary, and return their navigation."""
    sources = sorted(path for part in ("fundamentals", "technologies", "patterns") for path in (ROOT / "docs" / part).glob("*.md"))
    blocks = [block for source in sources for block in blocks_of(source.read_text(encoding="utf-8"))]
    chance = random.Random(0)
    (docs / "reference").mkdir(parents=True)
    (docs / "reference" / "glossary.md").write_text(glossary(pages), encoding="utf-8")
    (docs / "index.md").write_text("---\ntitle: Home\ndescription: The home page of many pages, made to measure a build.\n---\n# Home\n")
    nav: list = [{"Home": "index.md"}, {"Glossary": "reference/glossary.md"}]
    for number in range(pages):
        path = path_of(number)
        if number % A_FOLDER == 0:
            (docs / path).parent.mkdir(parents=True)
            nav.append({f"Part {number // A_FOLDER}": []})
        text = [f"---\ntitle: Page {number}\ndescription: Page {number} of many, made of blocks of real pages to measure a build.\n---"]
        text.append(f"# Page {number}")
        for section in range(SECTIONS):
            text += [f"## Section {section} of {number}", *chance.sample(blocks, BLOCKS)]
        neighbor = number - 1 if number % A_FOLDER else number
        text.append(f"See [the neighbor](p{neighbor}.md#section-1-of-{neighbor}).")
        (docs / path).write_text("\n\n".join(text) + "\n", encoding="utf-8")
        next(iter(nav[-1].values())).append({f"Page {number}": path})
    return nav


def glossary(pages: int) -> str:
    """Return the site's glossary with each term at home on one of the synthesized pages."""
    text = ["---\ntitle: Glossary\ndescription: The terms of the site, each at home on one of the synthesized pages.\n---\n# Glossary\n\n## A"]
    for number, term in enumerate(terms()):
        aliases = f" ({', '.join(term.aliases)})" if term.aliases else ""
        home, section = number * 7 % pages, number % SECTIONS
        address = f"../{path_of(home)}#section-{section}-of-{home}"
        text.append(f"{term.name}{aliases}\n:   {term.definition} [Home]({address})")
    return "\n\n".join(text)


def ratio(pages: int = PAGES, runs: int = RUNS) -> float:
    """Return the processor time of the whole build of synthesized pages over that of a bare one."""
    with tempfile.TemporaryDirectory() as folder:
        config = settings()
        config |= {"docs_dir": folder + "/docs", "nav": synthesize(Path(folder, "docs"), pages), "extra_css": [], "extra_javascript": []}
        config["theme"]["features"].append("navigation.prune")
        whole_path, bare_path = write(config, Path(folder, "whole.yml")), write(bare(config), Path(folder, "bare.yml"))
        return median(seconds(lambda: build(whole_path)) / seconds(lambda: build(bare_path)) for _ in range(runs))


def figures() -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what is measured."""
    yield f"build: {PAGES:,} synthesized pages, over a bare build of them", f"{ratio():.2f}", "at most 1.15"
