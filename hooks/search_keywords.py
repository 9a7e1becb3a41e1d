"""Makes the search find what people type: abbreviations, joined and split forms, other spellings, numbers.

Runs once the search plugin has written search/search_index.json (`on_post_build`). Each document, which is a page or
a section, learns which terms of the glossary are at home there and what else its page says it is called (`names`),
which figures of docs/numbers.yml it shows, in the forms people type (`figures`), and which names stand only in its
code (`code`). From these search-fields.js derives, in the reader's browser, the fields that the theme's search worker
weighs as the index tells it: other forms of a name need not travel.

The theme fetches search_index.json with every first page, so that file keeps the configuration alone; the index
with its documents is FULL_INDEX, which search-worker.js fetches when somebody is about to search: field by field,
which compresses better than document by document. What says again what other places say is left out of it: sources,
summaries, the answers and corrections of callouts (see hooks/callouts.py), the sections of index pages. What a section
says after its first WHOLE characters is found, but not shown (`further`): its words, each once and none that was said
before; titles of callouts and captions of diagrams stay in the text.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from html import escape, unescape
from pathlib import Path

from mkdocs.plugins import event_priority

from hooks.authoring import line_of, report, shown
from hooks.engine import folder
from hooks.glossary import Term, terms
from hooks.mistakes import nearest
from hooks.quantities import CAPTION, Quantity, quantities

FULL_INDEX = "search/full_index.json"  # search-worker.js names it too
COLUMNS = ("location", "title", "names", "figures", "code", "boost", "appendix", "text", "further")  # of FULL_INDEX
SIGNS = {"<p>": "\n", "</p>": "\r", "<li>": "\t", "</li>": "\f"}  # for tags, while the index travels; search-glance.js has the same
FIELDS = {"names": 100, "keywords": 100, "title": 100, "page": 150, "callouts": 20, "code": 5, "text": 5, "further": 5}
# The theme favors a page over its sections, too much for a query that names both.
PAGE, SECTION, APPENDIX, GENERATED = 0.4, 1, 0.3, 0.1
APPENDICES = {"in-the-interview", "traps", "check-yourself", "when-to-use-it", "when-not-to"}  # they mention, others explain
SOURCES = "sources"  # the section of footnotes, left out
SUMMARY = "in-the-interview"  # found by its title; the page says the same at length
GENERATED_PART = "reference/"  # its sections repeat what the topic pages say
WHOLE = 560  # characters, tags included: about what a reader sees of a section among the results
TAG = re.compile(r"<(/?)(\w+)>")  # in the index they have no attributes
TITLE = re.compile(r"<p>\S[^<]*[^<.?!:\s]</p>")  # of a callout: a paragraph without a stop; search-fields.js has the same
FIGCAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.S)
FOOTNOTE = re.compile(r"<sup>\d+</sup>")  # else a search for 18 finds each eighteenth footnote
CODE = re.compile(r"<pre><code>(.*?)</code></pre>", re.S)
IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*\w")


# Other names of pages and sections, by location: `aliases:` and `section_aliases:` above the texts; set by on_env.
also_called: dict[str, list[str]] = {}
captions: dict[str, list[str]] = {}  # of the diagrams of each page, by its address, as the index has them; set by on_env


def on_env(env, *, files, **_):
    """Note the captions of this build and the other names of its pages and their sections; report those of no section."""
    global also_called
    also_called = {}
    captions.clear()
    for file in files.documentation_pages():
        if file.page:
            found = FIGCAPTION.findall(file.page.content or "")
            captions[file.page.url] = [escape(unescape(caption), quote=False) for caption in dict.fromkeys(found)]
            anchors = set(anchors_of(file.page.toc))
            path = shown(file.abs_src_path)
            if not isinstance(file.page.meta.get("section_aliases") or {}, dict):
                line = line_of(path, "section_aliases:")
                report(path, line, "section_aliases names no anchors", "write below it, for each section:   anchor: [another name]")
            for anchor, names in aliases_of(file.page.meta):
                name = anchor or "aliases"
                if not isinstance(names, list):
                    report(path, line_of(path, f"{name}:"), f'"{names}" is no list of names', f"write {name}: [{names}]")
                elif anchor and anchor not in anchors:
                    instead = nearest(anchor, anchors, "name the anchor of a section")
                    report(path, line_of(path, f"{name}:"), f'section_aliases has "{anchor}", which no section of the page is', instead)
                else:
                    location = f"{file.page.url}#{anchor}" if anchor else file.page.url
                    also_called[location] = list(map(str, names))  # YAML takes 308 for a number
    return env


def anchors_of(headings: Iterable) -> Iterator[str]:
    """Yield the anchors of the sections in a page's table of contents; its title begins none."""
    for heading in headings:
        if heading.level > 1:
            yield heading.id
        yield from anchors_of(heading.children)


def aliases_of(meta: dict) -> Iterator[tuple[str, list[str]]]:
    """Yield the anchors of sections, "" for the page itself, with what its front matter says they are also called."""
    yield "", meta.get("aliases") or []
    sections = meta.get("section_aliases")
    yield from ((str(anchor), names) for anchor, names in sections.items()) if isinstance(sections, dict) else ()


@event_priority(-50)  # after the search plugin
def on_post_build(config, **_) -> None:
    """Improve the search index of the built site, and set its documents apart."""
    path = Path(config.site_dir, "search", "search_index.json")
    if path.is_file():
        index = improve(json.loads(path.read_text(encoding="utf-8")), terms(), quantities(), also_called, captions)
        full = json.dumps(index | {"docs": columns(index["docs"])}, separators=(",", ":"))
        Path(config.site_dir, FULL_INDEX).write_text(full, encoding="utf-8")
        path.write_text(json.dumps(index | {"docs": []}, separators=(",", ":")), encoding="utf-8")


def improve(
    index: dict, terms: list[Term], quantities: list[Quantity], aliases: dict[str, list[str]], captions: dict[str, list[str]]
) -> dict:
    """Return the search index with fields and weights added, and without what nobody searches."""
    index["docs"] = [doc for doc in index["docs"] if doc["location"].partition("#")[2] != SOURCES]
    locations = {doc["location"] for doc in index["docs"]}
    homes: dict[str, list[str]] = {}
    for location, names in aliases.items():
        homes.setdefault(location, []).extend(names)
    for term in terms:
        homes.setdefault(home_in(locations, term.home), []).extend(term.names)
    prose = {word for doc in index["docs"] for word in words_of(CODE.sub("", doc["text"]))}
    for doc in index["docs"]:
        page, _, anchor = doc["location"].partition("#")
        text = FOOTNOTE.sub("", doc["text"])
        left_out = anchor == SUMMARY or (anchor and page.startswith(GENERATED_PART))
        doc["text"], further = abridged("" if left_out else " ".join(CODE.sub("", text).split()), captions.get(page, []))
        added = {
            "names": "|".join(homes.get(doc["location"], [])),
            "figures": " ".join(dict.fromkeys(form for quantity in shown_in(text, quantities) for form in figures(quantity))),
            "code": " ".join(only_in_code(text, prose)),
            "further": further,
            "appendix": anchor in APPENDICES,
            "boost": weight(page, anchor),
        }
        doc |= {name: value for name, value in added.items() if value}
    # Without the filter for stop words, "at least once" and "at most once" stay two things.
    index["config"] |= {"pipeline": [], "fields": {name: {"boost": boost} for name, boost in FIELDS.items()}}
    return index


def home_in(locations: set[str], home: str) -> str:
    """Return the location of a home: "technologies/kafka.md#offsets" gives "technologies/kafka/#offsets".

    The first heading of a page has no location of its own: that of the page stands for it.
    """
    page, _, anchor = home.partition("#")
    address = folder(page).removeprefix(".")
    address += ".html" if f"{address}.html" in locations else "/" if address else ""  # the first in a copy for the disk
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


def columns(docs: list[dict]) -> dict[str, list]:
    """Return each field as the list of what all documents have there.

    Of a section's location only "#" and its anchor, for its page stands before it; and only "#" where the anchor
    follows from the title. The usual tags of a text as signs. search-glance.js makes documents of this again (`rows`).
    """
    fields: dict[str, list] = {name: [doc.get(name, "") for doc in docs] for name in COLUMNS}
    fields["text"] = [shortened(text) for text in fields["text"]]
    anchors = [re.sub(".*#", "#", location) for location in fields["location"]]
    usual = ["#" + anchor_of(title) for title in fields["title"]]
    return fields | {"location": ["#" if anchor == expected else anchor for anchor, expected in zip(anchors, usual, strict=True)]}


def shortened(html: str) -> str:
    """Return HTML without line breaks with a sign for each of its usual tags, and code between two backticks."""
    text = re.sub(r"<code>(.*?)</code>", r"`\1`", html.replace("`", "&#96;"))
    for tag, sign in SIGNS.items():
        text = text.replace(tag, sign)
    return text


def anchor_of(title: str) -> str:
    """Return the anchor that a title has unless it is given another; search-glance.js has the same function."""
    words = re.sub(r"[^\w\s-]", "", re.sub("<[^>]+>", "", title), flags=re.ASCII)
    return re.sub(r"[-\s]+", "-", words.strip().lower())


def abridged(html: str, captions: Collection[str]) -> tuple[str, str]:
    """Return the text of a section up to WHOLE characters, with titles of callouts and captions from behind it, and the
    words that are new there."""
    end = html.find(" ", WHOLE)
    if end < 0:
        return html, ""
    whole = [(match.start(), match[0]) for match in TITLE.finditer(html)]
    whole += [(html.find(caption), caption) for caption in captions if caption in html]
    end = max([end, *(begin + len(text) for begin, text in whole if begin < end)])
    kept = [text for begin, text in sorted(whole) if begin >= end]
    said, new = set(words_of(" ".join([html[:end], *kept]))), []
    for piece in TAG.sub(" ", html[end:]).split():
        words = words_of(piece)
        if not said.issuperset(words):
            new.append(piece)
            said.update(words)
    unclosed: list[str] = []
    for closing, name in TAG.findall(html[:end]):
        if closing:
            unclosed.pop()
        else:
            unclosed.append(name)
    ends = "".join(f"</{name}>" for name in reversed(unclosed))
    return " ".join([f"{html[:end]} …{ends}", *kept]), " ".join(new)


def words_of(text: str) -> list[str]:
    """Return the words of HTML in lower case, those of its tags included."""
    return re.findall(r"\w+", unescape(text).lower())


def only_in_code(text: str, prose: set[str]) -> list[str]:
    """Return the names that stand in the blocks of code of a section and are no word of the site's prose.

    A name like `total` or `begin` would be found where it is nothing but a name.
    """
    found = IDENTIFIER.findall(unescape(" ".join(CODE.findall(text))))
    return [name for name in dict.fromkeys(found) if name.lower() not in prose]


def figures(quantity: Quantity) -> list[str]:
    """Return the ends of a figure as people type them: 16384, 16k; 400KB and 400KiB; 10000connections."""
    unit = "".join(re.findall(r"\w+", quantity.unit.partition("/")[0])).lower()
    found = []
    for value in dict.fromkeys(value for value in (quantity.low, quantity.high) if value is not None):
        numbers = [str(value) if isinstance(value, int) else f"{value:.15g}"]
        for factor, letter in ((1e9, "b"), (1e6, "m"), (1e3, "k")):
            if value >= factor and value * 10 % factor == 0:
                numbers.append(f"{value / factor:g}{letter}")
                break
        units = dict.fromkeys([unit, re.sub("^([kmgtp])ib$", r"\1b", unit)])
        found += [number + unit for number in numbers for unit in units] + (numbers if value >= 1000 else [])
    return found
