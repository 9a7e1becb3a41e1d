"""Makes the search find what people type: abbreviations, joined and split forms, other spellings, numbers.

Runs once the search plugin has written search/search_index.json (`on_post_build`). To each document, which is
a page or a section, it adds what the glossary, docs/numbers.yml and the page's name know about it, in fields
that the theme's search worker weighs as the index tells it:

- `names`: what the section is the home of, each name as one word after a "_", as search-worker.js asks for it;
- `keywords`: the words of these names in other forms, and figures as people type them;
- `callouts`: the titles of scenarios and other callouts, as "Ad-click aggregator";
- `page`: the page that a section stands on, so that "kafka replication" finds the section of that page.

The theme fetches search_index.json with every first page, so that file keeps the configuration alone; the index
with its documents is FULL_INDEX, which search-worker.js fetches when somebody is about to search. Both have the form
of the search plugin's index.
"""

import json
import re
from html import unescape
from pathlib import Path

from mkdocs.plugins import event_priority

from hooks.glossary import Term, terms
from hooks.quantities import CAPTION, Quantity, quantities

FULL_INDEX = "search/full_index.json"  # search-worker.js names it too
FIELDS = {"names": 100, "keywords": 100, "title": 100, "page": 150, "tags": 100, "callouts": 20, "text": 5}
# The theme favors a page over its sections, too much for a query that names both.
PAGE, SECTION, APPENDIX, GENERATED = 0.4, 1, 0.3, 0.1
APPENDICES = {"in-the-interview", "traps", "check-yourself", "when-to-use-it", "when-not-to"}  # they mention, others explain
SOURCES = "sources"  # the section of footnotes, a fifteenth of the index, is left out
GENERATED_PART = "reference/"  # its sections repeat what the topic pages say

# What people call things, besides the aliases of the glossary.
INFORMAL = {
    "authentication": "auth", "authorization": "auth", "configuration": "config", "database": "db",
    "dynamodb": "dynamo ddb", "elasticsearch": "elastic es", "geospatial": "geo", "javascript": "js",
    "kubernetes": "k8s", "load balanc": "lb", "mongodb": "mongo", "postgresql": "postgres psql pgsql pg",
    "repository": "repo", "websocket": "ws wss", "zookeeper": "zk",
}  # fmt: skip
NUMERALS = {"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4"}
FOOTNOTE = re.compile(r"<sup>\d+</sup>")  # else a search for 18 finds each eighteenth footnote
TITLE = re.compile(r"<p>(\S[^<]*[^<.?!:\s])</p>")  # of a callout: a paragraph that ends without a stop
THOUSANDS = re.compile(r"\b\d{1,3}(?:,\d{3})+\b")


@event_priority(-50)  # after the search plugin
def on_post_build(config, **_) -> None:
    """Improve the search index of the built site, and set its documents apart."""
    path = Path(config.site_dir, "search", "search_index.json")
    if path.is_file():
        index = improve(json.loads(path.read_text(encoding="utf-8")), terms(), quantities())
        Path(config.site_dir, FULL_INDEX).write_text(json.dumps(index, separators=(",", ":")), encoding="utf-8")
        path.write_text(json.dumps(index | {"docs": []}, separators=(",", ":")), encoding="utf-8")


def improve(index: dict, terms: list[Term], quantities: list[Quantity]) -> dict:
    """Return the search index with fields and weights added, and without what nobody searches."""
    index["docs"] = [doc for doc in index["docs"] if doc["location"].partition("#")[2] != SOURCES]
    locations = {doc["location"] for doc in index["docs"]}
    homes: dict[str, list[str]] = {}
    for term in terms:
        homes.setdefault(home_in(locations, term.home), []).extend(term.names)
    parent = ""
    for doc in index["docs"]:  # a page stands before its sections
        page, _, anchor = doc["location"].partition("#")
        title = unescape(re.sub("<[^>]+>", "", doc["title"]))
        names = homes.get(doc["location"], [])
        if not anchor:
            address = page.rstrip("/").rpartition("/")[2].replace("-", " ")
            names = [name for name in (title, address) if name] + names
            parent = " ".join([title, address, *informal(title)])
        else:
            doc["page"] = parent
        doc["text"] = FOOTNOTE.sub("", doc["text"])
        numbers = [form for quantity in shown_in(doc["text"], quantities) for form in figures(quantity)]
        wholes = [form for name in names for form in whole(name)] + [form for form in numbers if not form.isdigit()]
        numbers += [number.replace(",", "") for number in THOUSANDS.findall(doc["text"])]
        others = [form for name in names for form in forms(name)] + informal(title) + numbers
        doc["names"] = " ".join("_" + form for form in dict.fromkeys(wholes))
        doc["keywords"] = " ".join(dict.fromkeys(others))
        if anchor not in APPENDICES:
            doc["callouts"] = " ".join(TITLE.findall(unescape(doc["text"])))
        doc["boost"] = weight(page, anchor)
        if anchor and page.startswith(GENERATED_PART):
            doc["text"] = ""
    # Without the filter for stop words, "at least once" and "at most once" stay two things.
    index["config"] |= {"pipeline": [], "fields": {name: {"boost": boost} for name, boost in FIELDS.items()}}
    return index


def home_in(locations: set[str], home: str) -> str:
    """Return the location of a home: "technologies/kafka.md#offsets" gives "technologies/kafka/#offsets".

    The first heading of a page has no location of its own: that of the page stands for it.
    """
    page, _, anchor = home.partition("#")
    address = page.removesuffix(".md").removesuffix("index").rstrip("/")
    address += "/" if address else ""
    return f"{address}#{anchor}" if f"{address}#{anchor}" in locations else address


def weight(page: str, anchor: str) -> float:
    """Return by how much the words of a page (no anchor) or a section count."""
    kind = PAGE if not anchor else APPENDIX if anchor in APPENDICES else SECTION
    return kind * GENERATED if page.startswith(GENERATED_PART) else kind


def shown_in(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Return the figures whose table stands in the text of a section."""
    if CAPTION not in text:
        return []
    text = unescape(text)
    return [quantity for quantity in quantities if quantity.label in text and quantity.value in text]


def whole(name: str) -> list[str]:
    """Return a name as one word, in singular and plural, with digits for numerals, and its initials."""
    words = re.findall(r"[^\W_]+", name.lower().replace("'", ""))
    if not words:
        return []
    found = ["".join([*words[:-1], last]) for last in numbers_of(words[-1])]
    if NUMERALS.keys() & set(words):
        found.append("".join(NUMERALS.get(word, word) for word in words))
    if len(words) > 2:
        found.append("".join(word[0] for word in words))
    return found


def forms(name: str) -> list[str]:
    """Return the words of a name, their singulars and plurals, the parts of "WebSocket", and informal names."""
    words = re.findall(r"[^\W_]+", name)
    parts = [part for word in words for part in re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z]+", word) if len(part) > 1]
    found = [form for word in words for form in numbers_of(word.lower())]
    found += [NUMERALS[word.lower()] for word in words if word.lower() in NUMERALS]
    return found + [part.lower() for part in parts] + informal(name)


def informal(name: str) -> list[str]:
    """Return what people call a name that holds a word of INFORMAL."""
    return [form for word, forms in INFORMAL.items() if word in name.lower() for form in forms.split()]


def numbers_of(noun: str) -> list[str]:
    """Return a noun, and its plural or its singular."""
    for ending, others in (("ies", ["y"]), ("ex", ["exes", "ices"]), ("s", [""]), ("x", ["xes"]), ("h", ["hs", "hes"])):
        if noun.endswith(ending) and not noun.endswith(("ss", "us", "is")):
            return [noun, *(noun.removesuffix(ending) + other for other in others)]
    if re.search("[^aeiou]y$", noun):
        return [noun, noun[:-1] + "ies"]
    return [noun, noun + ("es" if noun.endswith(("ss", "us", "is")) else "s")]


def figures(quantity: Quantity) -> list[str]:
    """Return the ends of a figure as people type them: 16384, 16k; 400KB and 400KiB; 10000connections."""
    unit = "".join(re.findall(r"\w+", quantity.unit.partition("/")[0])).lower()
    found = []
    for value in dict.fromkeys(value for value in (quantity.low, quantity.high) if value is not None):
        numbers = [f"{value:.15g}"]
        for factor, letter in ((1e9, "b"), (1e6, "m"), (1e3, "k")):
            if value >= factor and value * 10 % factor == 0:
                numbers.append(f"{value / factor:g}{letter}")
                break
        units = dict.fromkeys([unit, re.sub("^([kmgtp])ib$", r"\1b", unit)])
        found += [number + unit for number in numbers for unit in units] + (numbers if value >= 1000 else [])
    return found
