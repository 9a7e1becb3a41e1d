"""Prints the sheet of numbers to PDF, A4 and Letter, once the site is built.

`on_files` announces the two files, so that pages can link to them; `on_post_build` makes them after
`mkdocs build` (not while serving): a headless Chromium prints the finished page, so paper and PDF cannot
differ. Without a Chromium the build says so and goes on; with SHEET_PDF=required, as in continuous
integration, that is a warning, which a strict build turns into a failure. A Chromium that fails ends the build.
"""

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from hooks.disk import published

log = logging.getLogger("mkdocs.hooks.sheet_pdf")

PAGE = "reference/cheat-sheet"
PAPERS = ("A4", "Letter")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELEMENT = re.compile(r"node\d{8}")  # the name of an element of a tagged PDF
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def on_files(files, *, config, **_):
    """Announce the PDFs, empty as yet, where the site has the page."""
    if files.get_file_from_path(f"{PAGE}.md"):
        for paper in PAPERS:
            files.append(File.generated(config, pdf_address(paper), content=b""))
    return files


def pdf_address(paper: str) -> str:
    """Return the address of a PDF within the site: beside the page."""
    return f"{PAGE}-{paper.lower()}.pdf"


def on_post_build(config, **_) -> None:
    """Write the PDFs, or take the empty ones away again."""
    page = Path(config.site_dir, f"{PAGE}/index.html" if config.use_directory_urls else f"{PAGE}.html")
    for paper in PAPERS:
        Path(config.site_dir, pdf_address(paper)).unlink(missing_ok=True)
    if not config.extra["building"] or not page.is_file():
        return
    chromium = find_chromium()
    if not chromium:
        level = logging.WARNING if os.environ.get("SHEET_PDF") == "required" else logging.INFO
        log.log(level, "no PDF of the numbers sheet: no Chromium found; install one, or set CHROMIUM to its path")
        return
    for paper in PAPERS:
        target = Path(config.site_dir, pdf_address(paper))
        print_page(chromium, page, paper, target)
        compact(target, Path(config.site_dir).resolve().as_uri() + "/", config.site_url or "")


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome: the one named by CHROMIUM, else the first found."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), MAC]
    return next((path for path in candidates if path and Path(path).is_file()), None)


def print_page(chromium: str, page: Path, paper: str, target: Path) -> None:
    """Print `page` on `paper` to the PDF `target`; raise PluginError, with what Chromium printed, if it makes none."""
    sized = page.with_name(f"print-{paper.lower()}.html")
    style = f"<style>@page {{ size: {paper} }}</style>"
    sized.write_text(page.read_text(encoding="utf-8").replace("</head>", f"{style}</head>", 1), encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as profile:
            run = subprocess.run(
                [
                    chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                    "--disable-component-update", "--no-pdf-header-footer", f"--user-data-dir={profile}",
                    f"--print-to-pdf={target.resolve()}", sized.resolve().as_uri(),
                ],
                capture_output=True, text=True, errors="replace", timeout=120,
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PluginError(f"no PDF of the numbers sheet: {chromium} did not end within {error.timeout} seconds") from error
    finally:
        sized.unlink()
    if run.returncode or not target.is_file():
        raise PluginError(f"no PDF of the numbers sheet: {chromium} ended with {run.returncode} and said: {run.stderr.strip()}")


def compact(path: Path, folder: str, site_url: str) -> None:
    """Rewrite a PDF to a quarter of its size and without the time of day, so that builds can be compared.

    Its links, which Chromium wrote as addresses below `folder` on this machine, lead to `site_url`.
    """
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for annotation in (annotation for page in pdf.pages for annotation in page.get("/Annots", [])):
            address = str(annotation.get("/A", {}).get("/URI", ""))
            if address.startswith(folder):
                annotation.A.URI = pikepdf.String(site_url + published(address.removeprefix(folder)))
        for name in {"/CreationDate", "/ModDate"} & set(pdf.docinfo.keys()):
            del pdf.docinfo[name]
        renumber(pdf)
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True, deterministic_id=True)


def renumber(pdf: pikepdf.Pdf) -> None:
    """Number the elements of a tagged PDF from 1: the numbers Chromium gives them depend on what else it did meanwhile.

    Their order stays, which the tree that finds them by name relies on.
    """
    places = [place for value in pdf.objects for place in names_in(value)]
    numbers = {name: number for number, name in enumerate(sorted({str(holder[key]) for holder, key in places}), 1)}
    for holder, key in places:
        holder[key] = pikepdf.String(f"node{numbers[str(holder[key])]:08}")


def names_in(value: object) -> Iterator[tuple[pikepdf.Object, str | int]]:
    """Yield holder and key of each name of an element within an object of a PDF, other such objects left out."""
    keys = list(value.keys()) if isinstance(value, pikepdf.Dictionary) else range(len(value)) if isinstance(value, pikepdf.Array) else ()
    for key in keys:
        inner = value[key]
        if isinstance(inner, pikepdf.String) and ELEMENT.fullmatch(str(inner)):
            yield value, key
        elif isinstance(inner, pikepdf.Dictionary | pikepdf.Array) and not inner.is_indirect:
            yield from names_in(inner)
