"""Reads the pages for the search index: into the entries that Material's own plugin makes, in a quarter of the time.

`on_config` gives the plugin, once that has made its index, this one instead. Material's reader is in Python from the
tags on, and took a tenth of a bare build; here lxml reads the tags. What an entry holds stays the same: a section
reaches from a heading with an anchor to the next, or to the end of the element that holds the heading; of its elements
the index keeps the tags in KEPT, and nothing of what is marked with data-search-exclude.
"""

from html import escape

from lxml import etree
from material.plugins.search.plugin import Element, Section, SearchIndex

from hooks.mistakes import HEADINGS

PLUGIN = "material/search"
KEPT = frozenset("code li ol p pre sub sup ul".split())
LEFT_OUT = frozenset("object script style".split())
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True)
CLOSED = float("inf")  # the depth of a section that nothing is added to any more


def on_config(config, **_):
    """Have the search plugin, which has its settings by now, index pages this way; without it there is nothing to do."""
    if plugin := config.plugins.get(PLUGIN):
        plugin.search_index = Index(**plugin.config)
    return config


class Index(SearchIndex):
    """The plugin's index but for how a page becomes sections."""

    def add_entry_from_context(self, page) -> None:
        """Add the sections of a page."""
        if not (page.meta.get("search") or {}).get("exclude"):
            for section in sections_of(page.content):
                if not section.is_excluded():
                    self.create_entry_for_section(section, page.toc, page.url, page)


def sections_of(html: str) -> list[Section]:
    """Return the sections of a converted page in their order."""
    reader = Reader()
    html = html.replace("<wbr>", "")  # which the parser takes for an element with content
    reader.inside(etree.fromstring(f"<body>{html}", PARSER)[0], depth=0, heading=False, pre=False)
    return reader.sections


class Reader:
    """Walks through the elements of a page and collects its sections; `depth` counts the elements around a place."""

    def __init__(self):
        self.sections: list[Section] = []
        self.section: Section | None = None  # the one that text belongs to

    def begin(self, section: Section) -> None:
        """Begin a section."""
        self.section = section
        self.sections.append(section)

    def inside(self, element: etree.Element, depth: int, heading: bool, pre: bool) -> None:
        """Read what an element holds; `heading` and `pre` say whether it stands in one, or is one."""
        self.text(element.text, heading, pre)
        for child in element:
            if child.tag not in VOID:
                self.element(child, depth + 1, heading, pre)
            self.text(child.tail, heading, pre)

    def element(self, element: etree.Element, depth: int, heading: bool, pre: bool) -> None:
        """Read an element."""
        tag, attributes = element.tag, element.attrib
        if tag in HEADINGS and "id" in attributes:
            if tag != "h1" and not self.sections:
                self.begin(Section(Element("hx"), depth))
            self.begin(Section(Element(tag, attributes), depth))
            self.section.id = attributes["id"] if len(self.sections) > 1 else None  # the first stands for the page
            heading = True
        elif not self.section:
            self.begin(Section(Element("hx")))
        unread = {"linenodiv", "headerlink"} if heading else {"linenodiv"}  # numbers of lines, the permalink
        if tag not in LEFT_OUT and "data-search-exclude" not in attributes and attributes.get("class") not in unread:
            kept = tag in KEPT
            if kept:
                self.pieces(heading).append(f"<{tag}>")
            self.inside(element, depth, heading, pre or tag == "pre")
            self.end(depth)
            if kept:
                close(tag, self.pieces(heading))
        else:
            self.end(depth)

    def pieces(self, heading: bool) -> list[str]:
        """Return where text goes at present."""
        return self.section.title if heading else self.section.text

    def end(self, depth: int) -> None:
        """Go back to the section around a heading when the element ends that holds the heading."""
        if self.section.depth > depth:
            outer = next((section for section in reversed(self.sections) if section.depth <= depth), self.section)
            if outer is not self.section:
                self.section.depth = CLOSED
                self.section = outer

    def text(self, text: str | None, heading: bool, pre: bool) -> None:
        """Read text, each run of spaces between elements as one space."""
        if not text:
            return
        if not self.section:
            self.begin(Section(Element("hx")))
        blank = text.isspace()
        if not pre:
            text = " " if blank else text.replace("\n", " ")
        pieces = self.pieces(heading)
        if heading or not blank or pre or not pieces or not pieces[-1].isspace():
            pieces.append(escape(text, quote=False))


def close(tag: str, pieces: list[str]) -> None:
    """Close an element, or take it out if it holds nothing."""
    last = next((number for number in range(len(pieces) - 1, -1, -1) if not pieces[number].isspace()), -1)
    if last >= 0 and pieces[last] == f"<{tag}>" and pieces.index(f"<{tag}>") == last:
        del pieces[last:]
    else:
        pieces.append(f"</{tag}>")
