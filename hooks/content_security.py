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
from dataclasses import dataclass
from pathlib import Path

# What a browser runs; a script of another type holds data, which no policy restricts.
RUN = {"", "module", "text/javascript", "application/javascript"}
ENCODING = re.compile(r'<meta charset="utf-8"\s*/?>')  # mkdocs-mermaid2-plugin writes it its own way
RAW = re.compile(r"<!--.*?-->|<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.S)
TYPE, SOURCE = re.compile(r"""\btype=["']?([^"'\s>]*)"""), re.compile(r"\bsrc=")


def on_post_build(config, **_) -> None:
    """Write the policy into every page, unless they are for the disk, where no file is the site's own."""
    if config.extra["building"] and config.use_directory_urls:
        protect(Path(config.site_dir))


@dataclass(frozen=True)
class Inline:
    """What stands in a page instead of in a file: scripts that run, style elements, diagrams for the browser."""

    scripts: frozenset[str]
    styles: frozenset[str]
    drawn_by_browser: bool


def inline_of(html: str) -> Inline:
    """Return what stands inline in a page.

    A browser, too, ends the text of these two elements at their end tag whatever else it holds, so no parser of all
    the page is needed, which would take ten times as long as converting it.
    """
    scripts, styles = set(), set()
    for name, attributes, text in RAW.findall(html):
        kind = TYPE.search(attributes)
        if name == "style":
            styles.add(text)
        elif name == "script" and not SOURCE.search(attributes) and (kind[1] if kind else "").strip().lower() in RUN:
            scripts.add(text)
    return Inline(frozenset(scripts), frozenset(styles), '<div class="mermaid"' in html)


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
        "default-src": "'self'",  # the next page too, which Firefox fetches early
        "script-src": " ".join(["'self'", *sorted(map(source, scripts))]),
        "style-src": f"'self' {own_styles}".strip(),
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data:",  # the theme's icons are data in its style sheets
        "object-src": "'none'",
        "frame-src": "'none'",
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
