"""Makes the sheet of numbers that people print: grouped figures, each with its topic and its source.

Plain functions named in mkdocs.yml, run while the page is converted: `fence` is the superfences format
of ```sheet, whose content is a YAML list of groups (title, page, figures), one fence a side of paper; `sources`
is that of ```sheet-sources, the list behind the codes. Style sheet and script of the same name do the rest: two
columns, paper, filter, drill, copying.
"""

from html import escape

from markdown import Markdown

import hooks.quantities
from hooks.authoring import entries_of, line_of, loud, report, shown
from hooks.engine import place_of
from hooks.quantities import Quantity, chosen, quantities

# What fits on one line of a column on paper, in characters.
LONGEST_LINE = 58
LONGEST_CONDITION = 96
FIELDS = ("title", "page", "figures")  # of a group


@loud
def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return one side of the sheet: its groups as tables, and a footer with address and date."""
    tables = "".join(table(group, md) for group in entries_of(source, FIELDS, md))
    return f'<div class="sheet-side"><div class="sheet-columns">{tables}</div>{footer(md)}</div>'


def table(group: dict, md: Markdown) -> str:
    """Return one group as a table under its title, which leads to the group's page."""
    rows = chosen(group["figures"], md, on_sheet=True)
    for quantity in rows:
        check_length(quantity)
    place = place_of(md)
    page = place.href(group["page"]) if place else group["page"]
    return (
        f'<table class="sheet-full"><caption><a href="{escape(page)}">{escape(group["title"])}</a></caption>'
        "<thead><tr><th scope=col>Figure</th><th scope=col>Value</th>"
        "<th scope=col>Condition</th><th scope=col>Source</th></tr></thead>"
        f"<tbody>{''.join(row(quantity, page) for quantity in rows)}</tbody></table>"
    )


def row(quantity: Quantity, page: str) -> str:
    """Return one figure: label (to its topic), value, condition, code of its source (to the source)."""
    code = codes()[quantity.source_url]
    note = f"{quantity.kind}: {quantity.source_title}, checked {quantity.checked}"
    return (
        f'<tr id="n-{quantity.id}"><th scope=row><a href="{escape(page)}">{escape(quantity.label)}</a></th>'
        f'<td class="value">{escape(quantity.value)}</td><td class="condition">{escape(quantity.condition)}</td>'
        f'<td class="source"><a href="{escape(quantity.source_url)}" title="{escape(note)}"'
        f' data-kind="{quantity.kind}" data-source="{escape(quantity.source_title)}">{code}</a></td></tr>'
    )


def codes() -> dict[str, str]:
    """Return a short code for each source of the sheet, by address: its number, in the order of the file."""
    urls = dict.fromkeys(q.source_url for q in quantities() if q.sheet)
    return {url: f"n{number}" for number, url in enumerate(urls, 1)}


@loud
def sources(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the list of sources behind the codes, with the date of the latest check of each."""
    items = []
    for url, code in codes().items():
        cited = [quantity for quantity in quantities() if quantity.source_url == url]
        checked = max(quantity.checked for quantity in cited)
        items.append(
            f'<li id="{code}"><b>{code}</b> <a href="{escape(url)}">{escape(cited[0].source_title)}</a>'
            f' <time datetime="{checked}">({checked:%b %Y})</time></li>'
        )
    return f'<ul class="sheet-sources">{"".join(items)}</ul>'


def footer(md: Markdown) -> str:
    """Return the line below a side: where the sheet comes from, of what date, and what its codes mean."""
    place = place_of(md)
    newest = max((quantity.checked for quantity in quantities()), default="")
    return (
        f'<p class="sheet-footer">{escape(place.site_url if place else "")}reference/cheat-sheet/ · checked {newest}'
        " · n1, n2 … are sources, listed at that address</p>"
    )


def check_length(quantity: Quantity) -> None:
    """Report a figure that would break its line on paper."""
    lengths = (
        ("label and value", len(quantity.label) + len(quantity.value) + 2, LONGEST_LINE),
        ("condition", len(quantity.condition), LONGEST_CONDITION),
    )
    for part, length, longest in lengths:
        if length > longest:
            path = hooks.quantities.NUMBERS
            report(
                shown(path), line_of(path, f"- id: {quantity.id}"),
                f"{part} of {quantity.id} take {length} characters on the sheet", f"shorten to {longest}",
            )  # fmt: skip
