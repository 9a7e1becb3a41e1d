"""Prints all figures the project promises as one Markdown table: `make bench`, about an hour and a half.

`python -m benchmarks search weights` measures these parts alone. With `--readme` the table takes the place of the last
one in README.md. The figures are true of the machine that the table names, when nothing else runs on it.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import cross_links, pages, pictures, scaling, search
from benchmarks.builds import ROOT
from tests import chromium

PARTS = ("pictures", "weights", "phone", "search", "cross_links", "scaling")  # in this order: pictures need a cold start
ON_BUILT_SITE = {"weights": pages.weight_figures, "phone": pages.phone_figures, "search": search.figures}
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- benchmarks -->\n).*?(?=<!-- /benchmarks -->)", re.S)
Figures = Iterator[tuple[str, str, str]]


def figures(parts: list[str]) -> Figures:
    """Yield name, value and goal of each figure of these parts."""
    if "pictures" in parts:
        yield from pictures.figures()
    if measured := [measure for name, measure in ON_BUILT_SITE.items() if name in parts]:
        yield from on_built_site(measured)
    if "cross_links" in parts:
        yield from cross_links.figures()
    if "scaling" in parts:
        yield from scaling.figures()


def on_built_site(parts: list[Callable[..., Figures]]) -> Figures:
    """Build the site as published, serve it, and yield what these parts measure on it in a browser."""
    with tempfile.TemporaryDirectory() as folder, pages.served(Path(folder)) as server, sync_playwright() as playwright:
        # Instant navigation works where the site says it stands.
        environment = os.environ | {"SITE_URL": server.url, "NO_MKDOCS_2_WARNING": "1"}
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for part in parts:
            yield from part(browser, server, Path(folder))
        browser.close()


def machine() -> str:
    """Return processor, cores and Python of this machine."""
    names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main(arguments: list[str]) -> None:
    """Measure, print each row as soon as it is there, and write the table into the README if asked to."""
    if unknown := set(arguments) - {*PARTS, "--readme"}:
        sys.exit(f"benchmarks: no part is called {', '.join(sorted(unknown))}; name some of {', '.join(PARTS)}, or none for all")
    parts = [name for name in arguments if name in PARTS] or list(PARTS)
    if "--readme" in arguments and len(parts) < len(PARTS):
        sys.exit("benchmarks: the table in README.md holds all parts; leave out --readme, or the names of parts")
    lines = [f"Measured on {date.today()}: {machine()}.", "", "| figure | measured | goal |", "| --- | --- | --- |"]
    print("\n".join(lines))
    for row in figures(parts):
        lines.append(f"| {' | '.join(row)} |")
        print(lines[-1], flush=True)
    if "--readme" in arguments:
        text = "\n".join(lines)
        README.write_text(TABLE.sub(lambda _: f"\n{text}\n\n", README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
