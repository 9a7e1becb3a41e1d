"""Puts the estimation calculator on a page: a small form, and what its results are compared with.

A plain function named in mkdocs.yml as the superfences format of ```calculator, run while the page is
converted. The fence is a YAML list of comparisons: `result` (peak, storage or bandwidth), `figure` (an
id of docs/numbers.yml), what to say `below` and `above` it, and the `page` that explains. The script
calculator.js computes; without it the form stays hidden and the worked example serves.
"""

import json
from html import escape

from markdown import Markdown

from hooks.authoring import entries_of, line_of, loud, report, source_of
from hooks.engine import place_of
from hooks.quantities import quantities, report_unknown

# name, label, initial value, unit
INPUTS = (
    ("users", "Daily users", 1_000_000, ""),
    ("actions", "Actions of each a day", 10, ""),
    ("bytes", "Bytes of an action", 1_000, "B"),
    ("days", "Kept for", 365, "days"),
    ("copies", "Copies", 3, ""),
    ("factor", "Peak over average", 3, "times"),
    ("rate", "Requests/s of one server", 2_000, ""),
)
FIELDS = ("result", "figure", "below", "above", "page")  # of a comparison
# Results, each with the units of the figures it can be compared with, as factors to its own: requests/s, bytes, bit/s.
RESULTS = {
    "peak": {"requests/s": 1, "queries/s": 1, "transactions/s": 1},
    "storage": {"TiB": 2**40, "TB": 10**12},
    "bandwidth": {"Gbit/s": 10**9},
}


@loud
def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the form, hidden until its script runs, with the comparisons as data."""
    known, place = {quantity.id: quantity for quantity in quantities()}, place_of(md)
    path, comparisons = source_of(md), []
    for entry in entries_of(source, FIELDS, md):
        quantity = known.get(entry["figure"])
        if not quantity:
            report_unknown(entry["figure"], md)
            continue
        if entry["result"] not in RESULTS or quantity.unit not in RESULTS[entry["result"]]:
            wrong = f'no result "{entry["result"]}" can be compared with {entry["figure"]}, in {quantity.unit}'
            report(path, line_of(path, f"figure: {entry['figure']}"), wrong, f"write one of {', '.join(RESULTS)}, and a figure in its unit")
            continue
        page = place.address(entry["page"]) if place else entry["page"]
        factor = RESULTS[entry["result"]][quantity.unit]
        limits = {name: value * factor for name, value in (("low", quantity.low), ("high", quantity.high)) if value is not None}
        shown = {"label": quantity.label, "value": quantity.value, "page": page}
        comparisons.append({key: entry[key] for key in ("result", "below", "above")} | limits | shown)
    fields = "".join(
        f"<label>{label}{f' ({unit})' if unit else ''}"
        f'<input name="{name}" type="number" min="0" step="any" value="{value}" inputmode="decimal"></label>'
        for name, label, value, unit in INPUTS
    )
    return (
        f"<form class=\"calculator\" hidden data-comparisons='{escape(json.dumps(comparisons), quote=True)}'>"
        f"<fieldset><legend>Your numbers <small>in digits; 3e8 is 300 million</small></legend>{fields}</fieldset>"
        '<div role="status"><table><caption>Results</caption><thead><tr><th scope="col">Result</th>'
        '<th scope="col">Value</th><th scope="col">Formula</th></tr></thead><tbody></tbody></table><ul></ul></div></form>'
    )
