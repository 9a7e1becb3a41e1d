"""Makes the site an app that a reader can install: a manifest, and the mark of the site as icons.

`on_files` adds the files, in `mkdocs serve` as in `mkdocs build`; overrides/main.html links to them. The addresses in
the manifest are relative to it, so that it holds under any address, such as that of a fork.
"""

import io
import json
from functools import cache

from mkdocs.structure.files import File
from PIL import Image

from hooks.social_cards import PAPER, mark

MANIFEST = "manifest.webmanifest"
FOLDER = "assets/icons/"
# What the mark takes of the width of an icon. A launcher cuts a maskable one to any shape, and leaves only the circle
# whose diameter is four fifths of the width (W3C, Web Application Manifest, "Icon masks").
WHOLE, MASKABLE = 0.86, 0.62
ICONS = {"192.png": (192, WHOLE), "512.png": (512, WHOLE), "maskable-512.png": (512, MASKABLE), "apple-180.png": (180, MASKABLE)}


def on_config(config, **_):
    """Tell the templates that there is a manifest; under an engine without hooks there is none."""
    config.extra["web_app"] = {"manifest": MANIFEST, "icon": f"{FOLDER}apple-180.png"}
    return config


def on_files(files, *, config, **_):
    """Add the manifest and the icons."""
    text = json.dumps(manifest(config.site_name, config.site_description), indent=2)
    files.append(File.generated(config, MANIFEST, content=text))
    for name, (side, share) in ICONS.items():
        files.append(File.generated(config, FOLDER + name, content=icon(side, share)))
    return files


def manifest(name: str, description: str) -> dict:
    """Return the manifest of the site; a launcher shows the first word and the last one of its `name`."""
    words = name.split()
    icons = [
        {"src": FOLDER + file, "sizes": f"{side}x{side}", "type": "image/png", "purpose": "maskable" if share == MASKABLE else "any"}
        for file, (side, share) in ICONS.items() if not file.startswith("apple")
    ]  # fmt: skip
    return {
        "name": name, "short_name": " ".join(dict.fromkeys((words[0], words[-1]))), "description": description,
        "start_url": "./", "scope": "./", "id": "./", "display": "minimal-ui",
        "theme_color": PAPER, "background_color": PAPER, "icons": icons,
    }  # fmt: skip


@cache
def icon(side: int, share: float) -> bytes:
    """Return an icon as PNG, `side` pixels wide: the mark, which takes `share` of the width, on paper."""
    image, width = Image.new("RGB", (side, side), PAPER), round(side * share)
    image.paste(mark(width), ((side - width) // 2,) * 2)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
