"""Makes a copy of the site that opens from the disk, with search: `make offline`, or a build with OFFLINE=true.

Material's plugin `offline` gives pages the names of files and lets the theme read a script instead of fetching the index. What
is missing for our search is added here: from the disk no worker starts, so `on_config` loads iframe-worker from the
copy itself, not from a CDN, and `on_post_build` makes the index that search-worker.js fetches a script too.
`python -m hooks.disk FOLDER FILE` packs the copy; the same files give the same bytes.
"""

import re
import sys
import zipfile
from pathlib import Path

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from hooks.search_keywords import FULL_INDEX

SHIM = "assets/javascripts/iframe-worker.js"
SOURCE = Path(__file__).parent.parent / "node_modules/iframe-worker/shim/index.js"
INDEX = "var fullIndex = "  # search-worker.js names it too
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold: each file has it


def on_config(config, **_):
    """Load the shim; the plugin has already said where it would come from. Turn off what only a server makes possible."""
    if from_disk(config):
        config.extra["polyfills"] = [SHIM]
        # From the disk instant navigation ends the theme's stream of pages before the first, and with it every script.
        config.theme["features"] = [name for name in config.theme["features"] if not name.startswith("navigation.instant")]
    return config


def on_files(files, *, config, **_):
    """Add the shim to the copy."""
    if from_disk(config):
        files.append(File.generated(config, SHIM, content=SOURCE.read_text(encoding="utf-8")))
    return files


@event_priority(-200)  # after hooks/search_keywords.py
def on_post_build(config, **_) -> None:
    """Make a script of the index."""
    path = Path(config.site_dir, FULL_INDEX)
    if from_disk(config) and path.is_file():
        path.with_suffix(".js").write_text(INDEX + path.read_text(encoding="utf-8"), encoding="utf-8")
        path.unlink()


def from_disk(config) -> bool:
    """Whether this build is for the disk: Material's plugin has turned off the addresses that need a server."""
    return not config.use_directory_urls


def published(address: str) -> str:
    """Return an address of a copy for the disk as the published site has it: "a/b.html#c" as "a/b/#c"; others stay."""
    return re.sub(r"(?:(^|/)index)?\.html(?=#|$)", lambda end: end[1] if end[1] is not None else "/", address)


def pack(folder: Path, target: Path) -> None:
    """Write the files of `folder` into the zip `target`, all below a folder of their own."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = zipfile.ZipInfo(f"system-design-notes/{path.relative_to(folder).as_posix()}", BEGINNING)
                name.compress_type = zipfile.ZIP_DEFLATED
                name.external_attr = 0o644 << 16
                archive.writestr(name, path.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
