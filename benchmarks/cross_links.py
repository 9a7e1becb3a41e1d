"""Measures what cross-linking costs: `make bench`.

Two ratios of processor time, each the median of five interleaved runs:

- The time that converting all pages of docs/ takes longer with the extension than without, page by page, as a
  share of a bare `mkdocs build` of the same pages: the command with this theme, its search and the same
  Markdown extensions, and nothing of this project's own.
- The time of looking for 5,000 terms in those pages over that for 250. They are made up so that each begins
  with a word of the pages and none is found; more terms begin with more of the words.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import yaml
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

from hooks.cross_links import mentions, tree_of
from hooks.glossary import Term

ROOT = Path(__file__).parent.parent
RUNS = 5
# What of mkdocs.yml is this project's own.
OWN_OPTIONS = {"pymdownx.superfences": "custom_fences", "pymdownx.inlinehilite": "custom_inline"}


def seconds(action) -> float:
    """Return the processor time of `action`, that of the processes it starts included."""
    start = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    action()
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - start


def write_bare_config(folder: Path, linked: bool) -> Path:
    """Write mkdocs.yml without what this project adds, except, if asked for, the extension that links."""
    with open(ROOT / "mkdocs.yml", encoding="utf-8") as file:
        config = yaml_load(file, get_yaml_loader())
    extensions = []
    for extension in config["markdown_extensions"]:
        name, options = next(iter(extension.items())) if isinstance(extension, dict) else (extension, {})
        if not name.startswith("hooks."):
            extensions.append({name: {key: value for key, value in options.items() if key != OWN_OPTIONS.get(name)}})
    config |= {
        "docs_dir": str(ROOT / "docs"),
        "site_dir": str(folder / "site"),
        "theme": config["theme"] | {"custom_dir": str(ROOT / "overrides")},
        "markdown_extensions": extensions + ["hooks.cross_links"] * linked,
        "plugins": ["search"],
        "hooks": [],
    }
    path = folder / f"{'linked' if linked else 'bare'}.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def overhead(bare, linked) -> float:
    """Return how many seconds longer the pages of docs/ take with the configuration `linked` than with `bare`."""
    files, extra = get_files(bare), 0.0
    for number, file in enumerate(files.documentation_pages()):
        # Both ways in turn go first, since the second finds the processor warm.
        for config, sign in ((bare, -1), (linked, 1))[:: 1 if number % 2 else -1]:
            page = Page(None, file, config)
            page.read_source(config)
            extra += sign * seconds(lambda page=page, config=config: page.render(config, files))
    return extra


def share() -> float:
    """Return the time for linking as a share of a bare build of the same pages."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [write_bare_config(Path(folder), linked) for linked in (False, True)]
        bare, linked = (load_config(str(path)) for path in paths)
        overhead(bare, linked)  # reads the glossary and fills caches
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(paths[0])]
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        return median(
            overhead(bare, linked) / seconds(lambda: subprocess.run(command, check=True, env=environment)) for _ in range(RUNS)
        )


def growth() -> float:
    """Return the time for finding 5,000 terms over that for 250, in the same text."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    words = sorted(set(re.findall(r"[a-z]{4,}", text)))
    few, many = (
        tree_of([Term(f"{words[n % len(words)]} x{n}", (), "", "index.md", (), None) for n in range(size)]) for size in (250, 5000)
    )
    return median(seconds(lambda: list(mentions(text, many))) / seconds(lambda: list(mentions(text, few))) for _ in range(RUNS))


if __name__ == "__main__":
    print("| cross-links | median of five | goal |\n| --- | --- | --- |")
    print(f"| share of a bare build of the same pages | {share():.1%} | at most 10% |")
    print(f"| time with 5,000 terms over that with 250 | {growth():.2f} | about 1 |")
