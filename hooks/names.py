"""Names what Markdown leaves nameless, for those who hear a page: tables and check boxes.

A Markdown extension. A table gets a caption with the words of the heading above it; the caption is not shown, because
the heading is, and stays out of the search, which knows the heading. Tables with a caption of their own, as those of
hooks/quantities.py, keep it. A header cell without words, in the corner of a table, becomes a plain cell. A check box
of a list gets the words of its item. What names the permalink of a heading and the way back from a footnote becomes a
label: as a title it would show a hint that says what the sign says.
"""

import re
from collections import Counter
from html import escape, unescape
from xml.etree.ElementTree import Element

from markdown import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

HEADINGS = {f"h{level}" for level in range(1, 7)}
SIGNS = {"headerlink", "footnote-backref"}  # links of one sign
CHECK_BOX = re.compile(r'(<input type="checkbox")([^>]*>(.*?)(?=<[uo]l\b|</li>))', re.S)  # of pymdownx.tasklist


class Names(Extension):
    """Gives the tables and check boxes of a page a name, and links of one sign a label."""

    def extendMarkdown(self, md):
        md.treeprocessors.register(Captions(md), "captions", 6)  # before the headings get their permalinks
        md.treeprocessors.register(Labels(md), "labels", 2)  # after that
        md.postprocessors.register(CheckBoxes(md), "check-boxes", 0)  # when they stand in the text


class Captions(Treeprocessor):
    def run(self, root):
        heading, tables = "", Counter()
        for element in list(root.iter()):
            if element.tag in HEADINGS:
                heading = "".join(element.itertext()).strip()
            elif element.tag == "th" and not "".join(element.itertext()).strip():
                element.tag = "td"
            elif element.tag == "table" and element.find("caption") is None:
                tables[heading] += 1
                caption = Element("caption", {"class": "unseen", "data-search-exclude": "data-search-exclude"})
                caption.text = heading if tables[heading] == 1 else f"{heading}, table {tables[heading]}"
                element.insert(0, caption)


class Labels(Treeprocessor):
    def run(self, root):
        for link in root.iter("a"):
            if link.get("class") in SIGNS and "title" in link.attrib:
                link.set("aria-label", link.attrib.pop("title"))


class CheckBoxes(Postprocessor):
    def run(self, text):
        return CHECK_BOX.sub(named, text)


def named(box: re.Match) -> str:
    """Return a check box with the words of its item for a name."""
    words = " ".join(unescape(re.sub("<[^>]+>", "", box[3])).split())
    return f'{box[1]} aria-label="{escape(words)}"{box[2]}'


def makeExtension(**settings):
    """The name by which mkdocs.yml loads this module: `hooks.names`."""
    return Names(**settings)
