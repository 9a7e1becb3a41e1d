"""Lets what is wider than its page scroll, by keyboard too: tables and code.

Runs on the text of each page (`on_page_content`) and, before hooks/unused.py, on the style sheets when all is written
(`on_post_build`). A table gets the boxes that the theme's script would put it into while the page loads, the outer one
with a name and a place in the tab order; code gets a place there. So both scroll before the scripts run and without
them; when they run, what has nothing to scroll is no stop any more (docs/assets/javascripts/keyboard.js and the theme).

Paths in a table's code may break behind a slash, so that a column of calls need not be as wide as the longest.

A table so boxed has a class, by which the theme's script leaves it alone; the theme's rules for tables ask for that
class in place of `:not([class])`. Where a rule asks for `[class]`, each change of a class has a browser style everything
below that element anew, and the theme's script changes those of the root while a page loads.
"""

import re
from html import escape, unescape
from pathlib import Path

CLASS = "boxed"
PATH = re.compile(r"(?<=<code>)[^<]*/[^<]*(?=</code>)")
TABLE = re.compile(r"<table>(?:\s*<caption[^>]*>(?P<caption>.*?)</caption>)?.*?</table>", re.S)
CODE = re.compile(r"(<pre>(?:<span></span>)?<code)>")


def on_page_content(html: str, **_) -> str:
    """Return the text of a page with each table that has no class in its boxes, and its code a stop of the tab key."""
    return TABLE.sub(boxed, CODE.sub(r'\1 tabindex="0">', html))


def on_post_build(config, **_) -> None:
    """Have the theme's rules for tables apply to those in boxes."""
    for path in sorted(Path(config.site_dir).rglob("*.css")):
        path.write_text(for_boxes(path.read_text(encoding="utf-8")), encoding="utf-8")


def for_boxes(css: str) -> str:
    """Return a style sheet whose rules for tables without a class apply to those in boxes."""
    return css.replace("table:not([class])", f"table.{CLASS}")


def breakable(code: re.Match) -> str:
    """Return code that may break behind a slash."""
    return re.sub(r"(?<=[\w}])/(?=[\w{])", "/<wbr>", code[0])


def boxed(table: re.Match) -> str:
    """Return a table in the theme's boxes, of which the outer one, that scrolls, is named after its caption."""
    name = escape(unescape(re.sub("<[^>]+>", "", table["caption"] or "Table")).strip())
    inner = PATH.sub(breakable, table[0]).replace("<table>", f'<table class="{CLASS}">', 1)
    return (
        f'<div class="md-typeset__scrollwrap" role="group" aria-label="{name}" tabindex="0">'
        f'<div class="md-typeset__table">{inner}</div></div>'
    )
