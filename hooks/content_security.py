"""Forbids pages to run or fetch anything but the site's own files: a content security policy as a meta element.

`on_post_build` reads the finished pages of `mkdocs build`, hashes the scripts and style elements that stand in
them, and writes one policy into all. It is the same on every page because instant navigation keeps the policy of
the page a visit began with, runs the scripts of the next page under it, and would add a policy that differs. A
page with a diagram for the browser to draw may use any inline style: Mermaid writes a style element for each.

While serving there is none, since live reload adds a script of its own after the last event. The policy governs
what follows it, so it comes at once after the encoding, which must stand in the first 1,024 bytes of a page.
In mkdocs.yml this stands after hooks/sheet_pdf.py, which prints a page from the disk, where no file is the site's
own to a browser, and before whatever needs the final bytes of pages.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# What a browser runs; a script of another type holds data, which no policy restricts.
RUN = {"", "module", "text/javascript", "application/javascript"}
ENCODING = re.compile(r'<meta charset="utf-8"\s*/?>')  # mkdocs-mermaid2-plugin writes it its own way
building = False  # set by on_startup


def on_startup(command: str, **_) -> None:
    """Remember whether this is a build; a live preview has no policy."""
    global building
    building = command == "build"


def on_post_build(config, **_) -> None:
    """Write the policy into every page."""
    if building:
        protect(Path(config.site_dir))


@dataclass
class Inline(HTMLParser):
    """What stands in a page instead of in a file: scripts that run, style elements, diagrams for the browser."""

    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    drawn_by_browser: bool = False
    _into: list[str] | None = None

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in attributes and attributes.get("type", "").strip().lower() in RUN:
            self._into = self.scripts
        if tag == "style":
            self._into = self.styles
        if self._into is not None:
            self._into.append("")
        self.drawn_by_browser |= tag == "div" and attributes.get("class") == "mermaid"

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._into = None


def inline_of(html: str) -> Inline:
    """Return what stands inline in a page."""
    inline = Inline()
    inline.feed(html)
    inline.close()
    return inline


def source(text: str) -> str:
    """Return the expression that allows a script or style element with exactly this content."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(scripts: set[str], styles: set[str], any_style: bool = False) -> str:
    """Return the policy that allows the site's own files and these inline scripts and styles.

    Style attributes are allowed, and only they: the build-time diagrams and the theme are made of them.
    `any_style` allows any style element too.
    """
    own_styles = "'unsafe-inline'" if any_style else " ".join(sorted(map(source, styles)))
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *sorted(map(source, scripts))]),
        "style-src": f"'self' {own_styles}".strip(),
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data:",  # the theme's icons are data in its style sheets
        "font-src": "'self'",
        "connect-src": "'self'",  # the search index, previews and the next page
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",  # the forms are worked by scripts and sent nowhere
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def protect(site: Path) -> None:
    """Write one policy into every page below the folder `site`."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    inline = {path: inline_of(html) for path, html in pages.items()}
    scripts = {text for found in inline.values() for text in found.scripts}
    styles = {text for found in inline.values() for text in found.styles}
    for path, html in pages.items():
        content = policy(scripts, styles, any_style=inline[path].drawn_by_browser)
        meta = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
        encoding = ENCODING.search(html)
        if not encoding:
            raise ValueError(f'{path} has no <meta charset="utf-8">, which the policy follows')
        path.write_text(html[: encoding.end()] + meta + html[encoding.end() :], encoding="utf-8")
