"""Measures what cross-linking costs: `make bench`.

Two ratios of processor time, each the median of five interleaved runs. The first is the time that converting
all pages of docs/ takes longer with the extension than without, as a share of a bare `mkdocs build` of the
same pages: the theme, its search and the Markdown extensions, none of this project's own. The second is the
time in the extension with 5,000 terms over that with 250, made so that they begin with words of the pages and
none is found: what is left is looking.
"""

import re
import tempfile
import time
from pathlib import Path
from statistics import median

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page

from hooks.cross_links import mentions, tree_of
from hooks.glossary import Term

ROOT = Path(__file__).parent.parent
RUNS = 5
GOAL = 0.10


def seconds(action) -> float:
    """Return the processor time of `action`."""
    start = time.process_time()
    action()
    return time.process_time() - start


def config(folder: str, linked: bool = False):
    """Return mkdocs.yml without what this project adds, except, if asked for, the extension that links."""
    loaded = load_config(str(ROOT / "mkdocs.yml"), site_dir=folder, hooks=[], plugins=["search"])
    loaded.markdown_extensions = [
        name for name in loaded.markdown_extensions if not name.startswith("hooks.") or (linked and name == "hooks.cross_links")
    ]
    for extension, option in (("pymdownx.superfences", "custom_fences"), ("pymdownx.inlinehilite", "custom_inline")):
        loaded.mdx_configs[extension].pop(option)
    return loaded


def convert(loaded) -> None:
    """Convert all pages of docs/."""
    files = get_files(loaded)
    for file in files.documentation_pages():
        page = Page(None, file, loaded)
        page.read_source(loaded)
        page.render(loaded, files)


def glossary(text: str, size: int) -> dict:
    """Return the tree of `size` made-up terms, each of which begins with a word of `text`."""
    words = sorted(set(re.findall(r"[a-z]{4,}", text)))
    return tree_of([Term(f"{words[n % len(words)]} x{n}", (), "", "index.md", (), None) for n in range(size)])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bare, linked = config(folder), config(folder, linked=True)
        convert(linked)  # reads the glossary, fills caches
        shares = []
        for _ in range(RUNS):
            without, with_links = seconds(lambda: convert(bare)), seconds(lambda: convert(linked))
            shares.append((with_links - without) / seconds(lambda: build(config(folder))))
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    few, many = glossary(text, 250), glossary(text, 5000)
    growth = []
    for _ in range(RUNS):
        short = seconds(lambda: list(mentions(text, few)))
        growth.append(seconds(lambda: list(mentions(text, many))) / short)
    print("| cross-links | median of five | goal |\n| --- | --- | --- |")
    print(f"| share of a bare build of the same pages | {median(shares):.1%} | at most {GOAL:.0%} |")
    print(f"| time with 5,000 terms over that with 250 | {median(growth):.2f} | about 1 |")


if __name__ == "__main__":
    main()
