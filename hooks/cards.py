"""Makes cards of the questions, the glossary and the numbers: an Anki deck, and the same as CSV.

`on_files` announces the two files, so that pages can link to them; `on_env` fills them once all pages are
converted and hooks/callouts.py has gathered the questions, so it stands after that one in mkdocs.yml.

Anki knows a note by its guid, made here from what does not change when a text is improved: the key of a
question, the anchor of a term, the id of a figure. It takes over the new text of a note it has if the deck
is newer, so the time in the deck is that of the latest change (`changed`), which also makes two builds alike.
"""

import csv
import hashlib
import io
import itertools
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

import genanki
from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring, tostring
from mkdocs.structure.files import File

import hooks.quantities
from hooks import callouts, disk, glossary, markup
from hooks.mistakes import resolved
from hooks.quantities import Quantity

HOME = "reference/self-test.md"  # the cards are made where the site has this page
DECK, TABLE = "reference/system-design-notes.apkg", "reference/system-design-notes.csv"
NAME = "System Design Notes"
TAG = "system-design-notes"
STYLES = Path(__file__).parent.parent / "docs" / "assets" / "stylesheets" / "site.css"
NUMBERS_PAGE = "reference/cheat-sheet.md"

# Chosen once, at random, and never changed: by these Anki knows the decks and the type of note.
MODEL_ID = 1278593839
DECKS = {"question": (1692730896, "Questions"), "term": (1784311061, "Terms"), "number": (2067311534, "Numbers")}

FIELDS = ("Front", "Back", "Topic", "Page")
KEPT = {"a": ("href",), "img": ("src", "alt", "width", "height"), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}
BLOCKS = frozenset("p div ul ol li pre table tr blockquote dl dt dd figure figcaption details summary br".split())
HEADING_OR_FIGURE = re.compile(r'<h[1-6][^>]*? id="(?P<anchor>[^"]*)"|<figure class="diagram">.*?</figure>', re.S)
HEADING_OR_ROW = re.compile(r'<h[2-6][^>]*? id="(?P<anchor>[^"]*)"|(?P<row><tr><th scope=row>.*?</tr>)', re.S)
FIGURE = re.compile(r'<figure class="diagram">.*?</figure>', re.S)
PICTURE = re.compile(r"<svg\b.*</svg>", re.S)  # of one figure; icons are pictures within it
CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.S)

QUESTION_SIDE = '<div class="topic">{{Topic}}</div>\n<div class="front">{{Front}}</div>'
ANSWER_SIDE = '{{FrontSide}}\n<hr id="answer">\n<div class="back">{{Back}}</div>\n<div class="page">{{Page}}</div>'
LOOK = """
.card { max-width: 36em; margin: 0 auto; padding: 0.5em; font: 18px/1.5 system-ui, sans-serif; color: #1f2733; background: #fdfcfa; }
.topic, .page, .caption, .aside { font-size: 0.8em; color: #4f5a69; }
.front { font-weight: 600; }
.front .aside { font-weight: 400; }
.page { margin-top: 1em; }
a { color: #0b6270; }
code, pre { font: 0.9em ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { border: 1px solid #b9c0c9; padding: 0.2em 0.5em; text-align: start; }
img { max-width: 100%; height: auto; border-radius: 4px; }
.nightMode.card { color: #dbe1e8; background: #14191f; }
.nightMode :is(.topic, .page, .caption, .aside) { color: #a4afbb; }
.nightMode a { color: #6cc5cf; }
"""

words = partial(escape, quote=False)  # of text, for HTML


@dataclass(frozen=True)
class Card:
    """A card; `front` and `back` are HTML with absolute links, pictures by the name they have in the deck."""

    kind: str  # as in DECKS
    id: str  # of the question, term or figure; lasts
    front: str
    back: str
    part: str  # title of the part of the navigation, or ""
    page: str  # title of the page
    url: str  # of that page, from the root of the site
    address: str  # absolute: where the site has it

    @property
    def guid(self) -> str:
        """By which Anki knows the note."""
        return genanki.guid_for(self.kind, self.id)

    @property
    def topic(self) -> str:
        """Part and page, as people read them."""
        return " · ".join(filter(None, (self.part, self.page)))

    @property
    def tags(self) -> list[str]:
        """Kind, and part and topic as Anki's hierarchy of tags."""
        return [f"{TAG}::{self.kind}", "::".join((TAG, *self.url.removesuffix(".html").strip("/").split("/")))]


@dataclass
class Converter:
    """Turns pieces of pages into what stands on cards, and collects the pictures on them in `media`, by name."""

    site_url: str  # with a slash at the end
    files: dict[str, File]  # of the site, by URL: where a picture that a page refers to comes from
    style: str = ""  # declarations that a diagram gets
    media: dict[str, bytes] = field(default_factory=dict)

    def html(self, html: str, url: str) -> str:
        """Return a piece of the page at `url` for a card: pictures as files, links absolute, without ids and classes."""
        root = fragment_fromstring(FIGURE.sub(lambda figure: self.diagram(figure[0]), html), create_parent="div")
        for element in root.iter("img"):
            self.keep_picture(element, url)
        for element in list(root.iter()):
            if element is root or not isinstance(element.tag, str):
                continue
            if element.tag == "a" and element.get("href"):
                element.set("href", self.published(urljoin(self.site_url + url, element.get("href"))))
            own = ("class",) if element.get("class") == "caption" else KEPT.get(element.tag, ())
            for name in set(element.attrib) - set(own):
                del element.attrib[name]
            if element.tag == "span":
                element.drop_tag()
        return (words(root.text or "") + "".join(tostring(child, encoding="unicode") for child in root)).strip()

    def published(self, address: str) -> str:
        """Return an absolute address, within the site as it is published: a deck may be made in a copy for the disk."""
        return disk.published(address) if address.startswith(self.site_url) else address

    def diagram(self, figure: str) -> str:
        """Return a figure of hooks/diagrams.py as a picture with its caption; one without a picture as its caption."""
        caption = CAPTION.search(figure)
        below = f'<div class="caption">{caption[1]}</div>' if caption else ""
        svg = PICTURE.search(figure)
        if not svg:
            return below
        size = re.match(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', svg[0])
        dimensions = f' width="{size[1]}" height="{size[2]}"' if size else ""
        name = self.keep(standalone(svg[0], self.style).encode(), ".svg")
        # Title and description, for those who cannot see it.
        named = " ".join(markup.text(found) for found in re.findall(r"<(?:title|desc)\b.*?</(?:title|desc)>", svg[0], re.S)[:2])
        return f'<img src="{name}" alt="{escape(named)}"{dimensions}>{below}'

    def keep_picture(self, element: HtmlElement, url: str) -> None:
        """Take along the file that an <img> of the page at `url` shows; what the deck has already stays."""
        source = element.get("src", "")
        if source in self.media:
            return
        file = self.files.get(resolved(url, source))
        if file:
            element.set("src", self.keep(file.content_bytes, Path(source).suffix))

    def keep(self, content: bytes, suffix: str) -> str:
        """Take a picture along; return its name: that of its content, since all decks share one folder in Anki."""
        name = f"{TAG}-{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
        self.media[name] = content
        return name


# --- events ---

pages = []  # the pages of this build in the order of the navigation; set by on_nav


def on_files(files, *, config, **_):
    """Announce deck and table, empty as yet, where the site has a self-test."""
    if files.get_file_from_path(HOME):
        for address in (DECK, TABLE):
            files.append(File.generated(config, address, content=b""))
    return files


def on_nav(nav, **_) -> None:
    """Note the pages of this build."""
    global pages
    pages = nav.pages


def on_env(env, *, config, files, **_):
    """Fill deck and table, unless nobody can reach the self-test, which hooks/mistakes.py reports."""
    if any(page.file.src_uri == HOME for page in pages):
        converter = Converter(config.site_url or "", {file.url: file for file in files.media_files()}, colors(STYLES))
        cards = list(of_site(pages, callouts.gathered(config), converter))
        sources = [page.file.abs_src_path for page in pages if page.file.abs_src_path]
        time = changed([*sources, hooks.quantities.NUMBERS, STYLES, __file__])
        files.get_file_from_path(DECK).content_bytes = deck(cards, converter.media, time)
        files.get_file_from_path(TABLE).content_bytes = table(cards, converter.site_url).encode("utf-8-sig")  # the mark is for Excel
    return env


def changed(sources: Iterable[str | Path]) -> int:
    """Return when one of `sources` was last changed, in seconds since 1970; SOURCE_DATE_EPOCH overrides it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return int(epoch) if epoch else max(int(Path(source).stat().st_mtime) for source in sources)


# --- cards ---


def of_site(pages: list, gathered: Iterable[callouts.Callout], converter: Converter) -> Iterator[Card]:
    """Yield the cards of a site, given its pages in the order of the navigation and its callouts."""
    by_source = {page.file.src_uri: page for page in pages}
    yield from of_questions((callout for callout in gathered if callout.kind == "question"), converter)
    if glossary.ADDRESS in by_source:
        terms = glossary.terms(Path(by_source[glossary.ADDRESS].file.abs_src_path))
        yield from of_terms(terms, by_source, converter)
    yield from of_numbers(hooks.quantities.quantities(), by_source, converter)


def of_questions(questions: Iterable[callouts.Callout], converter: Converter) -> Iterator[Card]:
    """Yield a card a question: its title, and its answer."""
    for question in questions:
        front, back = (converter.html(html, question.url) for html in (question.title, question.body))
        address = converter.published(converter.site_url + question.address)
        yield Card("question", question.key, front, back, question.part, question.page, question.url, address)


def of_terms(terms: Iterable[glossary.Term], pages: dict, converter: Converter) -> Iterator[Card]:
    """Yield a card a term: its definition, its other names, and the first diagram of the section that explains it.

    A term whose home does not exist, which hooks/glossary.py reports, leads to the glossary.
    """
    diagrams = {source: diagrams_of(page.content or "") for source, page in pages.items()}
    for term in terms:
        source, _, anchor = term.home.partition("#")
        if source not in pages:
            source, anchor = glossary.ADDRESS, term.anchor
        back = f"<p>{words(term.definition)}</p>"
        if term.aliases:
            back += f'<p class="aside">Also: {words(", ".join(term.aliases))}</p>'
        if figure := diagrams[source].get(anchor):
            back += converter.diagram(figure)
        yield card_on(pages[source], anchor, "term", term.anchor, words(term.name), back, converter)


def card_on(page, anchor: str, kind: str, id_: str, front: str, back: str, converter: Converter) -> Card:
    """Return a card that leads to an anchor, "" for none, of a page of MkDocs."""
    part = page.ancestors[-1].title if page.ancestors else ""
    address = converter.published(converter.site_url + page.url) + (f"#{anchor}" if anchor else "")
    return Card(kind, id_, front, back, part, page.title, page.url, address)


def diagrams_of(html: str) -> dict[str, str]:
    """Return the first figure of each section of a page that has one, by the anchor of its heading."""
    found: dict[str, str] = {}
    anchor = None
    for match in HEADING_OR_FIGURE.finditer(html):
        if match["anchor"] is not None:
            anchor = match["anchor"]
        elif anchor:
            found.setdefault(anchor, match[0])
    return found


def of_numbers(quantities: Iterable[Quantity], pages: dict, converter: Converter) -> Iterator[Card]:
    """Yield a card a figure: what it is and under which condition; its value, what follows from it, kind and source.

    It leads to the first section, in the order of the navigation, that has it in a table.
    """
    places = {row: place for page in reversed(pages.values()) for row, place in rows_of(page)}
    elsewhere = pages.get(NUMBERS_PAGE) or pages[HOME]
    for quantity in quantities:
        page, anchor = places.get(hooks.quantities.row(quantity), (elsewhere, ""))
        front = f'{words(quantity.label)}<div class="aside">{words(quantity.condition)}</div>'
        back = f"<p><b>{words(quantity.value)}</b></p>"
        if quantity.trigger:
            back += f"<p>When you pass it: {words(quantity.trigger)}</p>"
        source = f'<a href="{escape(quantity.source_url)}">{words(quantity.source_title)}</a>'
        back += f'<p class="aside">{quantity.kind}: {source}, checked {quantity.checked}</p>'
        yield card_on(page, anchor, "number", quantity.id, front, back, converter)


def rows_of(page) -> Iterator[tuple[str, tuple]]:
    """Yield each row of the tables of figures on a page, with the page and the anchor of its section; the last first."""
    anchor, found = "", []
    html = page.content or ""
    for match in HEADING_OR_ROW.finditer(html) if hooks.quantities.CAPTION in html else ():
        if match["row"]:
            found.append((match["row"], (page, anchor)))
        else:
            anchor = match["anchor"]
    return reversed(found)


# --- pictures ---


def standalone(svg: str, style: str) -> str:
    """Return a picture of a page as a file: without links, the colors of `style` written in, on paper of its own.

    So it is legible in Anki's night mode too, which a picture does not learn of.
    """
    svg = re.sub(r'\s(?:xlink:)?href="(?!#)[^"]*"', "", svg)
    return re.sub(r"(<svg\b[^>]*>)", rf"\1<style>:root{{{style}background:var(--pele-bg)}}</style>", svg, count=1)


def colors(path: Path) -> str:
    """Return the declarations by which a style sheet, as site.css, gives diagrams their look in the light scheme."""
    sheet = path.read_text(encoding="utf-8")
    light = re.findall(r'^(?::root|\[data-md-color-scheme="default"\]) \{(.*?)\}', sheet, re.M | re.S)
    shared = re.search(r"^\.pele \{(.*?)\}", sheet, re.M | re.S)  # what hooks/diagrams.py takes off each picture
    own = "".join(f"{name}:{value};" for name, value in re.findall(r"(--pele-[\w-]+):\s*([^;]+);", "".join(light)))
    return own + " ".join(shared[1].split() if shared else [])


# --- files ---


def deck(cards: list[Card], media: dict[str, bytes], timestamp: int) -> bytes:
    """Return the cards and their pictures as an Anki package, changed at `timestamp` (seconds since 1970).

    genanki writes the database; its own file would hold the time of day.
    """
    model = genanki.Model(
        MODEL_ID, NAME, [{"name": name} for name in FIELDS], [{"name": "Card", "qfmt": QUESTION_SIDE, "afmt": ANSWER_SIDE}], css=LOOK.strip()
    )
    decks = {kind: genanki.Deck(id_, f"{NAME}::{name}") for kind, (id_, name) in DECKS.items()}
    for number, card in enumerate(cards):
        page = f'<a href="{escape(card.address)}">{words(card.page)}</a>'
        fields = [card.front, card.back, words(card.topic), page]
        decks[card.kind].add_note(genanki.Note(model, fields, guid=card.guid, tags=card.tags, due=number))
    database = sqlite3.connect(":memory:")
    genanki.Package(list(decks.values())).write_to_db(database.cursor(), timestamp, itertools.count(timestamp * 1000))
    database.commit()
    names = sorted(media)
    content = {"collection.anki2": database.serialize(), "media": json.dumps(dict(enumerate(names))).encode()}
    content |= {str(number): media[name] for number, name in enumerate(names)}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # dated 1980
    return package.getvalue()


def table(cards: Iterable[Card], site_url: str) -> str:
    """Return the cards of the site at `site_url` as CSV (RFC 4180), in plain text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "kind", "part", "topic", "front", "back", "page"])
    for card in cards:
        writer.writerow([card.id, card.kind, card.part, card.page, plain(card.front, site_url), plain(card.back, site_url), card.address])
    return text.getvalue()


def plain(html: str, site_url: str) -> str:
    """Return HTML as lines of text: items with a bullet, cells apart, a picture as its description.

    A link away from the site shows its address.
    """
    if "<" not in html:  # no need to parse
        return unescape(html)
    text = ""

    def add(words: str | None, code: bool) -> None:
        nonlocal text
        words = (words or "") if code else re.sub(r"[ \t\r\n]+", " ", words or "")
        text += words.lstrip(" ") if not code and text.endswith(("\n", " ")) else words

    def walk(element: HtmlElement, code: bool) -> None:
        nonlocal text
        edge = "\n" if element.tag in BLOCKS else ""
        if edge and not text.endswith("• "):  # a paragraph stays beside its bullet
            text = text.rstrip() + edge
        if element.tag in ("td", "th") and element.getprevious() is not None:
            text = text.rstrip(" ") + " | "
        text += {"li": "• ", "img": f"[Picture: {element.get('alt', '')}]"}.get(element.tag, "")
        inside = code or element.tag == "pre"
        add(element.text, inside)
        for child in element.iterchildren(tag=etree.Element):
            walk(child, inside)
            if child.tag == "a" and not child.get("href", site_url).startswith(site_url):
                text += f" <{child.get('href')}>"
            add(child.tail, inside)
        text = (text.rstrip() if edge else text) + edge

    walk(fragment_fromstring(html, create_parent="div"), False)
    return text.strip()
