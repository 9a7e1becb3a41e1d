"""Links the first mention of each glossary term in each section to the term's home.

`Linker` is a Markdown extension that works on the element tree of a page, after inline Markdown has become
elements and before MkDocs resolves relative links; `on_env` reports terms that no page mentions.

What counts as a mention: the term or one of its aliases as whole words, also in the plural or with 's, the
longest name first. The first letter's case is free; a name with capitals inside keeps its own. A space in a
name may be a hyphen on the page ("round-trip"); a hyphen in a name may not be a space there ("retry after" is
not "Retry-After"). A section reaches from a heading to the next of any level. Left alone are code, headings,
links, figures, captions, header cells, footnotes, raw HTML, the term's own section with the sections below it,
and sections that already link to the same home or name the term in a link.

Density: a paragraph, list item or table row gets one link, and a second if it has 40 words or more, but none
that would be its fourth together with those by hand within the site. Where more terms compete, those that the page has not
linked yet go first, then the earlier ones; a term that found no room may be linked later in its section.

An author switches it off with `{.no-links}` on a heading (its section and those below; on the first, the
whole page), a paragraph or a piece of inline Markdown, or with `<span>...</span>` around some words, and
forces it with `[the log](term:write-ahead-log)`, the term's name in the place of an address.

The definition is the link's title, which docs/assets/javascripts/hints.js shows on hover and on focus.
"""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate, compress, count
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER, HTML_PLACEHOLDER_RE

from hooks import glossary
from hooks.authoring import line_of, report, shown, source_of
from hooks.engine import place_of
from hooks.glossary import ADDRESS, Term, terms

# Pages made of links or of other pages' sentences.
LEFT_ALONE = ("index.md", "study-plan.md", "reference/")
MOST_LINKS = 2
MOST_WITH_OTHERS = 3
WORDS_A_LINK = 40
OFF = "no-links"
FORCED = "term:"

# Elements within a sentence; any other element begins a block of its own.
INLINE = frozenset("a abbr b cite code del em i img ins kbd label mark q s small span strong sub sup td u".split())
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
SKIPPED = frozenset("button caption code dt figure kbd pre script style summary svg th".split())
SKIPPED_CLASSES = frozenset({OFF, "admonition-title", "footnote"})
VOID = frozenset("br hr img input wbr".split())

# A word, a dash, what Python-Markdown put aside, or another sign.
TOKEN = re.compile(r"(\w+|\s-|\x02[^\x03]*\x03|[^\w\s])")
# What makes the characters around a name part of a longer word: re-replicate, log.txt, C++.
BEGUN = re.compile(r"\w[-./@:]?\Z")
CONTINUED = re.compile(r"[-./@:]?\w|[+#]")
POSSESSIVE = re.compile(r"['’]s\b")
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|\x02|$")  # another site, a path from its root, a hidden mail address
RAW_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*?(/?)>")
HTML_PLACEHOLDER_START = HTML_PLACEHOLDER[: HTML_PLACEHOLDER.index("%")]
TERM = ""  # the key of a term in the tree of names, whose other keys are words
END = "\n"  # the token after the last, which no name holds


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Return a word as it is looked up: "Log" as "log" and "P99" as "p99", but "WAL", "gRPC" and "C" as they are."""
    return word.lower() if word[1:] and word[1:] == word[1:].lower() else word


def plural(word: str) -> str:
    """Return the regular plural of an English word."""
    if re.search("(?:s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def tree_of(entries: list[Term]) -> dict:
    """Return the names of the terms as nested dictionaries, a level for each word."""
    tree: dict = {}
    for inflect in (str, plural):  # a name goes before another's plural
        for term, name in [(term, name) for term in entries for name in term.names if name]:  # a picture has none
            *words, last = TOKEN.findall(name)
            first, *others = *words, inflect(last)
            node = tree.setdefault(fold(first), {})
            for word in others:
                node = node.setdefault(word, {})
            node.setdefault(TERM, term)
    return tree


def step(node: dict, word: str) -> dict | None:
    """Return the node of the tree of names to which `word` leads; the case of its first letter is free."""
    return node.get(word) or node.get(fold(word))


def mentions(text: str, tree: dict) -> Iterator[tuple[Term, int, int]]:
    """Yield each mention in `text` with where it begins and ends: one pass, however many terms there are."""
    pieces = TOKEN.split(text)  # what lies between tokens, and the tokens, by turns
    words = [*pieces[1::2], END]
    nodes = list(map(tree.get, map(fold, words)))
    if not any(nodes):
        return
    borders = list(accumulate(map(len, pieces)))
    past = 0  # tokens that belong to mentions
    for number in compress(count(), nodes):
        if number < past:
            continue
        node, found, following = nodes[number], None, number + 1
        while node is not None:
            if TERM in node and not CONTINUED.match(text, borders[2 * following - 1]):
                found, past = node[TERM], following
            if words[following] == "-" and not step(node.get("-", {}), words[following + 1]):
                following += 1
            node = step(node, words[following])
            following += 1
        if found:
            start, end = borders[2 * number], borders[2 * past - 1]
            if not BEGUN.search(text[max(0, start - 2) : start]):
                possessive = POSSESSIVE.match(text, end)
                yield found, start, possessive.end() if possessive else end


def tree_at(path: Path) -> dict:
    """Return the tree of the names in the glossary at `path`, made again only when the file has changed."""
    return _tree_once(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=4)
def _tree_once(path: Path, modified: int) -> dict:
    return tree_of(terms(path))


@dataclass(slots=True)
class Slot:
    """A piece of a block's text: the text of `owner` or, with a `parent`, what follows `owner` in it."""

    start: int
    end: int
    owner: Element
    parent: Element | None
    state: str  # "open" to links, "link" by hand, or "closed"


@dataclass(slots=True)
class Block:
    """A paragraph, list item or table row: the pieces of its text in a row, and the number of its links by hand within the site."""

    pieces: list[str] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    length: int = 0
    links: int = 0

    def add(self, text: str | None, owner: Element, parent: Element | None, state: str) -> None:
        """Append a piece of text."""
        if text:
            if not text.isspace():
                self.slots.append(Slot(self.length, self.length + len(text), owner, parent, state))
            self.pieces.append(text)
            self.length += len(text)


@dataclass(slots=True)
class Place:
    """Where a term is mentioned: from `start` to `end` in a piece of a block's text."""

    term: Term
    slot: Slot
    start: int
    end: int


def room_in(block: Block) -> int:
    """Return how many links a block can take."""
    words = sum(len(piece.split()) for piece in block.pieces)
    return max(0, min(MOST_LINKS, 1 + words // WORDS_A_LINK, MOST_WITH_OTHERS - block.links))


class Section:
    """What stands between two headings: blocks, anchors (also of the headings above), targets of links by hand."""

    def __init__(self, anchors: set[str], off: bool):
        self.anchors, self.off = anchors, off
        self.blocks: list[Block] = []
        self.targets: set[str] = set()  # paths from docs/, with anchors

    def block(self) -> Block:
        """Begin a block."""
        self.blocks.append(Block())
        return self.blocks[-1]


def sections_of(root: Element, page: str) -> Iterator[Section]:
    """Yield the sections of the element tree of `page`; the reader may then insert links into each."""
    sections = [Section(set(), off=False)]
    headings: list[tuple[int, str, bool]] = []  # level, anchor and whether links are off, of the headings above

    def begin(heading: Element) -> None:
        level, classes = int(heading.tag[1]), heading.get("class", "").split()
        headings[:] = [above for above in headings if above[0] < level]
        headings.append((level, heading.get("id", ""), OFF in classes))
        sections.append(Section({anchor for _, anchor, _ in headings}, any(off for *_, off in headings)))

    def walk(element: Element, block: Block, state: str) -> None:
        block.add(element.text, element, None, state)
        for child in element:
            block = visit(child, element, block, state)

    def visit(child: Element, parent: Element, block: Block, state: str) -> Block:
        if child.tag in HEADINGS:
            begin(child)
            block = sections[-1].block()
        elif not child.get("id", "").startswith("fnref"):  # the mark of a footnote is no word of the sentence
            sections[-1].anchors.add(child.get("id"))
            if child.tag in INLINE:
                walk(child, block, state_of(child, block, state))
            elif child.tag not in VOID and state_of(child, block, state) != "closed":
                walk(child, sections[-1].block(), state)
        block.add(child.tail, child, parent, state)
        return block

    def state_of(element: Element, block: Block, state: str) -> str:
        if element.tag == "a":
            if target := target_of(element, page):
                sections[-1].targets.add(target)
                block.links += 1
            return "link"
        if element.tag in SKIPPED or SKIPPED_CLASSES.intersection(element.get("class", "").split()):
            return "closed"
        return state

    block = sections[-1].block()
    for child in list(root):
        if child.tag in HEADINGS:  # what is finished is given away: fewer objects at a time
            yield from sections
            sections.clear()
        block = visit(child, root, block, "open")
    yield from sections


def target_of(link: Element, page: str) -> str | None:
    """Return where a link by hand on `page` leads, as a path from docs/; None outside the site."""
    address = unquote(link.get("href", ""))
    if ELSEWHERE.match(address):
        return None
    path, hash_, anchor = address.partition("#")
    return from_docs(path, page) + hash_ + anchor


@lru_cache(maxsize=4096)
def from_docs(path: str, page: str) -> str:
    """Return the path from docs/ of what `page` calls `path`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page


def without_raw_html(text: str, stash: list) -> str:
    """Return `text` with what stands inside raw inline HTML blanked out, so that every place stays the same."""
    if HTML_PLACEHOLDER_START not in text or HTML_PLACEHOLDER_RE.fullmatch(text.strip()):  # a picture is alone in its block
        return text
    depth, kept, pieces = 0, 0, []
    for placeholder in HTML_PLACEHOLDER_RE.finditer(text):
        html = stash[int(placeholder[1])]
        tags = RAW_TAG.finditer(html) if isinstance(html, str) and not html.startswith("<!") else ()
        inside = depth
        for closing, name, closed in (tag.groups() for tag in tags):
            if not closed and name.lower() not in VOID:
                depth = max(0, depth + (-1 if closing else 1))
        if inside:
            pieces.append("\n" * (placeholder.end() - kept))
        else:
            pieces.append(text[kept : placeholder.end()])
        kept = placeholder.end()
    return "".join(pieces) + ("\n" * (len(text) - kept) if depth else text[kept:])


def home_of(term: Term) -> str:
    """Return where a term's links lead, as a path from docs/: to its home, else to its entry in the glossary."""
    return term.home or f"{ADDRESS}#{term.anchor}"


def attributes_of(term: Term, page: str) -> dict[str, str]:
    """Return the attributes of a link on `page` to the home of `term`."""
    path, hash_, anchor = home_of(term).partition("#")
    return {"class": "term", "href": relative(path, page) + hash_ + anchor, "title": term.definition}


@lru_cache(maxsize=4096)
def relative(path: str, page: str) -> str:
    """Return the address of `path` as `page` writes it, both being paths from docs/."""
    return "" if path == page else posixpath.relpath(path, posixpath.dirname(page) or ".")


class CrossLinks(Treeprocessor):
    """Links the terms on one page."""

    def run(self, root: Element) -> None:
        self.page, self.glossary, self.exists = "", glossary.GLOSSARY, bool
        if place := place_of(self.md):
            self.page, self.glossary, self.exists = place.uri, Path(place.docs, ADDRESS), place.exists
        self.tree = tree_at(self.glossary)
        alone = self.page.startswith(LEFT_ALONE)
        for link in root.iter("a"):
            if link.get("href", "").startswith(FORCED):
                self.force(link)
        if self.tree and not alone:
            linked: set[str] = set()  # homes, on the page so far
            for section in sections_of(root, self.page):
                if not section.off:
                    self.link(section, linked)

    def force(self, link: Element) -> None:
        """Lead a link to "term:..." to the home of that term; report a term that does not exist."""
        address = link.get("href", "")
        slug = slugify(unquote(address.removeprefix(FORCED)), "-")
        known = {slugify(name, "-"): term for term in terms(self.glossary) for name in term.names}
        if slug in known:
            link.attrib.update(attributes_of(known[slug], self.page))
        else:
            path, near = source_of(self.md), get_close_matches(slug, known, n=1)
            instead = f"did you mean {FORCED}{near[0]}?" if near else f"add it to docs/{ADDRESS}"
            report(path, line_of(path, f"({address}"), f'the glossary has no term "{slug}"', instead)
            link.tag, link.attrib = "span", {}

    def link(self, section: Section, linked: set[str]) -> None:
        """Link the first mention of each term in a section, as far as there is room; add their homes to `linked`."""
        found = [(block, places) for block in section.blocks if block.slots and (places := list(self.places(block)))]
        section.targets.update(home_of(place.term) for _, places in found for place in places if place.slot.state == "link")
        for block, places in found:
            first: dict[str, Place] = {}
            for place in places:
                if place.slot.state == "open" and self.belongs(place.term, section):
                    first.setdefault(home_of(place.term), place)
            chosen = sorted(first, key=linked.__contains__)[: room_in(block)] if first else []
            section.targets.update(chosen)
            linked.update(chosen)
            # From the end, so that the places before stay where they are.
            for home, place in reversed(first.items()):
                if home in chosen:
                    insert(Element("a", attributes_of(place.term, self.page)), place)

    def places(self, block: Block) -> Iterator[Place]:
        """Yield the mentions in a block that lie within one piece of its text."""
        text = without_raw_html("".join(block.pieces), self.md.htmlStash.rawHtmlBlocks)
        for term, start, end in mentions(text, self.tree):
            slot = block.slots[bisect_right(block.slots, start, key=attrgetter("start")) - 1]
            if end <= slot.end:
                yield Place(term, slot, start - slot.start, end - slot.start)

    def belongs(self, term: Term, section: Section) -> bool:
        """Whether a link to `term` belongs in `section`: it has this meaning here, and nothing leads there yet."""
        path, _, anchor = home_of(term).partition("#")
        return (
            home_of(term) not in section.targets
            and (not term.pages or self.page in term.pages)
            and not (path == self.page and (not anchor or anchor in section.anchors))
            and self.exists(path)
        )


def insert(link: Element, place: Place) -> None:
    """Turn a mention into `link`."""
    owner, parent = place.slot.owner, place.slot.parent
    text = owner.text if parent is None else owner.tail
    link.text, link.tail = text[place.start : place.end], text[place.end :]
    if parent is None:
        owner.text = text[: place.start]
        owner.insert(0, link)
    else:
        owner.tail = text[: place.start]
        parent.insert(list(parent).index(owner) + 1, link)


class Linker(Extension):
    """Registers the processor: after attributes (8) and anchors of headings (5), before relative links (0)."""

    def extendMarkdown(self, md):
        md.treeprocessors.register(CrossLinks(md), "cross-links", 3)


def makeExtension(**settings):
    """The name by which mkdocs.yml loads this module: `hooks.cross_links`."""
    return Linker(**settings)


def on_env(env, *, config, files, **_):
    """Report the terms that stand on no page."""
    if file := files.get_file_from_path(ADDRESS):
        path = Path(file.abs_src_path)
        tree = tree_at(path)
        missing = {term.name: term for term in terms(path)}
        for page in files.documentation_pages():
            if missing and page.page and page.src_uri != ADDRESS:
                for term, *_ in mentions(page.page.markdown, tree):
                    if not term.pages or page.src_uri in term.pages:
                        missing.pop(term.name, None)
        for term in missing.values():
            if term.definition and re.search(r"\w", term.name):  # else the entry is reported already
                report(
                    shown(path), term.line, f'no page mentions the term "{term.name}"',
                    "use it where it belongs, add the name that the pages use in parentheses, or delete the entry",
                )  # fmt: skip
    return env
