"""Gives the pages one style sheet in place of those that the head of each names or holds: the theme's, the site's own.

Runs on each page before it is written (`on_post_page`), and makes the sheet when all are (`on_post_build`). A first
visit then waits for one answer before it paints instead of three, which compresses better than its parts, and no page
repeats the icons of its callouts. What a page alone needs it still names itself, in its body; see overrides/main.html.
Stands before hooks/sheet_pdf.py in mkdocs.yml, and before whatever reads finished sheets.
"""

import re
from pathlib import Path

FOLDER = "assets/stylesheets/"
NAME = "shared.css"
# Attributes in any order: mkdocs-mermaid2-plugin sorts them on pages that speak of Mermaid.
LINK = r'<link\b(?=[^>]*\srel="stylesheet")[^>]*?\shref="([^"]*?)([^"/]*)"[^>]*>'
SHEET = re.compile(rf"(?<![^>])\s*(?:{LINK}|<style>(.*?)</style>)", re.S)  # spaces are tried behind a tag only: a third of the time

heads = set()  # what the heads of this build's pages say about style, before they name the one sheet


def on_env(env, **_):
    """Forget the pages of another build."""
    heads.clear()
    return env


def on_post_page(output: str, **_) -> str:
    """Name the sheet in a page in place of its own."""
    heads.add(tuple(sheets(output)))
    return with_one(output)


def on_post_template(output: str, *, template_name: str, **_) -> str:
    """Do the same in what is no page of the navigation, such as 404.html."""
    return on_post_page(output) if template_name.endswith(".html") else output


def on_post_build(config, **_) -> None:
    """Write the sheet, and remove those it is made of.

    Raises:
        ValueError: the heads of two pages differ in what they say about style.
    """
    if heads <= {()}:
        return  # another theme, without style
    if len(heads) != 1:
        raise ValueError(f"pages differ in what their heads say about style: {sorted(heads)}")
    folder = Path(config.site_dir, FOLDER)
    parts = [(name and folder / name, text) for name, text in next(iter(heads))]
    css = "\n".join(path.read_text(encoding="utf-8") if path else text for path, text in parts)
    (folder / NAME).write_text(css, encoding="utf-8")
    for path in {path for path, _ in parts if path}:
        path.unlink()


def sheets(html: str) -> list[tuple[str, str]]:
    """Return what the head of a page says about style, in its order: names of sheets, or else texts of elements."""
    return [(name, text) for _, name, text in SHEET.findall(html.partition("</head>")[0])]


def with_one(html: str) -> str:
    """Return a page that names the one sheet in place of the first it named, and no other in its head; else as it is."""
    head, end, rest = html.partition("</head>")
    if not (first := SHEET.search(head)):
        return html
    link = f'\n<link rel="stylesheet" href="{first[1]}{NAME}">'
    return head[: first.start()] + link + SHEET.sub("", head[first.end() :]) + end + rest
