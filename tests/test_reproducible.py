"""Two builds of the same commit give the same bytes, PDFs included, wherever they are built."""

import os
import subprocess
import sys

from tests import chromium
from tests.conftest import EDIT_URI, ROOT


def contents(folder) -> dict[str, bytes]:
    """Return the files of a built site by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_second_build_into_another_folder_is_the_same(site, tmp_path):
    folder = tmp_path / "a longer path, with a space" / "site"
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, check=True,
        env=os.environ
        | {"SITE_URL": site.url, "EDIT_URI": EDIT_URI, "CHROMIUM": chromium.find() or "", "SHEET_PDF": "required"}
        | {"NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    )  # fmt: skip
    first, second = contents(site.folder), contents(folder)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
