"""Reads the terms of docs/reference/glossary.md, a Markdown definition list that people read too.

A term line is the term and, in parentheses, its aliases; its definition is one sentence, followed by the
link to the section that explains it (its home) and, for a word that means other things elsewhere, by
"Linked only on" and links to the pages where it has this meaning. `Anchors` is the Markdown extension
that gives each term of that page an anchor and the page its bar of letters, keeps each entry together, and leaves out
"Linked only on" and what follows, which is for the build; `on_files` reports what is wrong with the list before any
page is converted.
"""

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from hooks.authoring import decoded, report, shown
from hooks.engine import place_of
from hooks.mistakes import nearest

GLOSSARY = Path(__file__).parent.parent / "docs" / "reference" / "glossary.md"
ADDRESS = "reference/glossary.md"
ONLY_ON = "Linked only on"
# Words that mean other things elsewhere on the site or in plain English, or whose plural does (tries).
COMMON_WORDS = frozenset("""
    activity alias attribute availability batch block body bucket buffer cache channel claim client cluster commit
    condition connection consumer content context coordinator cost cursor data deadline delay document edge endpoint
    entry event feed field file filter flag flush follower graph group hash header heap hint host image index item job
    join key lag layer leader level limit list load lock log majority map mapping mark master memory merge message
    method model node object observer offset operation operator order origin owner page parallelism part partition path
    pipeline point policy pool port primary process producer purge query queue quota range rate read record refresh
    region repair replay replica request reservation resource response result ring role root route row scale schema
    scope score segment sequence server service session shard sibling sink slot snapshot source split stage state step
    store stream string table tag task term thread ticket time token topic trace transaction tree trie trigger type
    update user value version view wait watch watermark weight window worker write zone
""".split())
HREF = re.compile('href="([^"]*)"')


@dataclass(frozen=True)
class Term:
    """One entry. `home` and `pages` are paths from docs/, as "technologies/kafka.md#offsets"."""

    name: str
    aliases: tuple[str, ...]
    definition: str
    home: str
    pages: tuple[str, ...]
    line: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """The term and its aliases."""
        return (self.name, *self.aliases)

    @property
    def anchor(self) -> str:
        """The anchor of the entry on the glossary page."""
        return anchor_of(self.name)


def anchor_of(name: str) -> str:
    """Return the anchor of a term: distinct from any heading's."""
    return f"term-{slugify(name, '-')}"


def on_files(files, *, config, **_):
    """Report duplicate names, missing definitions, missing homes, and pages after "Linked only on" that do not exist."""
    if file := files.get_file_from_path(ADDRESS):
        found = terms(Path(file.abs_src_path))
        for line, wrong, instead in mistakes(found):
            report(shown(file.abs_src_path), line, wrong, instead)
        sources = [page.src_uri for page in files.documentation_pages()]
        for term, page in [(term, page) for term in found for page in term.pages if page not in sources]:
            report(shown(file.abs_src_path), term.line, f'"{ONLY_ON}" names {page}, which does not exist', nearest(page, sources))
    return files


def mistakes(terms: list[Term]):
    """Yield line, mistake and remedy for what is wrong with the list of terms; its links are for hooks/mistakes.py."""
    seen: dict[str, Term] = {}
    anchors: dict[str, Term] = {}  # the first term of each
    for term in terms:
        if not re.search(r"\w", term.name):
            yield term.line, "a term has no words", "write them"
        other = anchors.setdefault(term.anchor, term)
        if other is not term and other.name.casefold() != term.name.casefold():
            yield term.line, f'"{term.name}" has the anchor of "{other.name}" in line {other.line}', "put its full name before its sign"
        for name in term.names:
            if other := seen.get(name.casefold()):
                yield term.line, f'"{name}" stands already in line {other.line}', "keep one of the two"
            seen[name.casefold()] = term
            if name.casefold() in COMMON_WORDS and not term.pages:
                yield (
                    term.line, f'"{name}" is an everyday word, which would be linked wherever it stands',
                    f'name the pages where it has this meaning: "{ONLY_ON} [Kafka](../technologies/kafka.md)."',
                )  # fmt: skip
        if not term.definition:
            yield term.line, f'the term "{term.name}" has no definition', 'write ":   One sentence." on the next line'
        elif not term.home.partition("#")[0].endswith(".md"):
            yield term.line, f'the term "{term.name}" has no home', "end its definition with a link to the section that explains it"


def terms(path: Path | None = None) -> list[Term]:
    """Return the terms of the glossary at `path`, by default the site's, read again only when the file has changed."""
    path = path or GLOSSARY
    return _read_once(path, path.stat().st_mtime_ns) if path.is_file() else []


@lru_cache(maxsize=4)
def _read_once(path: Path, modified: int) -> list[Term]:
    return read(path)


def read(path: Path) -> list[Term]:
    """Return the entries of the definition lists in the Markdown file at `path`, in its order."""
    text = decoded(path.read_bytes())  # hooks/sources.py reports what is not UTF-8
    collector = Collector()
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    Markdown(extensions=["def_list", "attr_list", collector]).convert(body)
    lines = lines_of([name for name, _ in collector.entries], text)
    return [term_of(name, description, line) for (name, description), line in zip(collector.entries, lines, strict=True)]


def lines_of(names: list[str], text: str) -> list[int | None]:
    """Return the number, from 1, of the line of `text` that holds each term, also where two are the same."""
    places: dict[tuple, list[int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith(("#", ":")):
            places.setdefault(tuple(re.findall(r"\w+", line)), []).append(number)
    found = [places.get(tuple(re.findall(r"\w+", name))) for name in names]
    return [numbers.pop(0) if numbers else None for numbers in found]


class Collector(Extension):
    """Collects (term, description) element pairs after inline Markdown has become links and text."""

    def __init__(self):
        super().__init__()
        self.entries: list[tuple[str, Element]] = []

    def extendMarkdown(self, md):
        collector = self

        class Collect(Treeprocessor):
            def run(self, root):
                for name, description in entries(root):
                    collector.entries.append(("".join(name.itertext()).strip().partition("\n")[0], description))

        md.treeprocessors.register(Collect(md), "glossary-collect", 1)


def entries(root: Element):
    """Yield each term element below `root` with its first description element, empty where it has none."""
    first = next((number for number, block in enumerate(root) if block.tag in ("h2", "dl")), len(root))
    for block in root[first:]:
        if block.tag == "p" and not HTML_PLACEHOLDER_RE.fullmatch(block.text or ""):  # a term line that no definition follows
            yield block, Element("dd")
        if block.tag == "dl":
            for name, description in pairwise([*block, Element("dd")]):
                if name.tag == "dt":
                    yield name, description if description.tag == "dd" else Element("dd")


def term_of(text: str, description: Element, line: int | None) -> Term:
    """Return the entry whose term line, number `line`, reads `text`: "Write-ahead log (WAL, redo log)"."""
    name, aliases = re.fullmatch(r"(.*?)(?:\s+\(([^()]*)\))?", text).groups()
    before, _, after = tostring(description, "unicode").partition(ONLY_ON)
    sentence, _, home = before.partition("<a ")
    return Term(
        name=name,
        aliases=tuple(alias.strip() for alias in (aliases or "").split(",") if alias.strip()),
        definition=" ".join(unescape(re.sub("<[^>]+>", "", sentence)).split()),
        home=from_docs(HREF.search(home)[1]) if home else "",
        pages=tuple(from_docs(link).partition("#")[0] for link in HREF.findall(after)),
        line=line,
    )


def from_docs(link: str) -> str:
    """Return the path from docs/ of a link that stands on the glossary page."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(ADDRESS), link))


class Anchors(Extension):
    """Gives the glossary page an anchor a term and a bar of letters, without the rules of linking; other pages stay."""

    def extendMarkdown(self, md):
        md.treeprocessors.register(AnchorTerms(md), "glossary-anchors", 2)


class AnchorTerms(Treeprocessor):
    def run(self, root):
        place = place_of(self.md)
        if place and place.uri == ADDRESS:
            names = {anchor_of(re.sub(r"\s+\([^()]*\)$", "", "".join(name.itertext()).strip())): name for name, _ in [*entries(root)][::-1]}
            for anchor, name in names.items():  # of two with the same anchor the first one has it
                name.set("id", anchor)
            for _, description in entries(root):
                leave_out_rule(description)
            for listed in root.iter("dl"):
                group(listed)
            letters = root.findall("h2")
            if letters:
                place = list(root).index(letters[0])
                root.insert(place, letter_bar(letters))
                root.insert(place + 1, filter_of_terms())


def leave_out_rule(description: Element) -> None:
    """Take "Linked only on" and what follows out of a definition."""
    for block in [*description.iter()]:
        for number, child in enumerate(block):
            before, rule, _ = (child.tail or "").partition(ONLY_ON)
            if rule:
                child.tail = before.rstrip()
                del block[number + 1 :]
                break


def group(listed: Element) -> None:
    """Put each run of terms of a definition list, with its definitions, into an element that no column parts."""
    entry, before = listed, ""
    for child in [*listed]:
        if child.tag == "dt" and before != "dt":
            entry = SubElement(listed, "div")
        before = child.tag
        listed.remove(child)
        entry.append(child)


def filter_of_terms() -> Element:
    """Return the filter above the letters, which glossary.js works."""
    tools = Element("div", {"class": "glossary-tools"})
    SubElement(tools, "input", {"type": "search", "placeholder": "Filter: 2PC, quorum, log …", "aria-label": "Filter the terms"})
    SubElement(tools, "output")
    return tools


def letter_bar(headings: list[Element]) -> Element:
    """Return links to the headings, each shown as the words of the heading without its permalink."""
    bar = Element("nav", {"class": "letters", "aria-label": "Letters", "data-search-exclude": "data-search-exclude"})
    for heading in headings:
        link = SubElement(bar, "a", {"href": f"#{heading.get('id')}"})
        link.text, link.tail = heading.text, "\n"
    return bar


def makeExtension(**settings):
    """The name by which mkdocs.yml loads this module: `hooks.glossary`."""
    return Anchors(**settings)
