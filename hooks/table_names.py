"""Names each table for those who do not see where it stands: a caption with the words of the heading above it.

A Markdown extension, since Markdown has no captions. The caption is not shown, because the heading is, and stays out
of the search, which knows the heading. Tables with a caption of their own, as those of hooks/quantities.py, keep it.
"""

from collections import Counter
from xml.etree.ElementTree import Element

from markdown import Extension
from markdown.treeprocessors import Treeprocessor

HEADINGS = {f"h{level}" for level in range(1, 7)}


class TableNames(Extension):
    """Gives each table of a page a caption."""

    def extendMarkdown(self, md):
        md.treeprocessors.register(Captions(md), "table-names", 6)  # before the headings get their permalinks


class Captions(Treeprocessor):
    def run(self, root):
        heading, tables = "", Counter()
        for element in list(root.iter()):
            if element.tag in HEADINGS:
                heading = "".join(element.itertext()).strip()
            elif element.tag == "table" and element.find("caption") is None:
                tables[heading] += 1
                caption = Element("caption", {"class": "unseen", "data-search-exclude": "data-search-exclude"})
                caption.text = heading if tables[heading] == 1 else f"{heading}, table {tables[heading]}"
                element.insert(0, caption)


def makeExtension(**settings):
    """The name by which mkdocs.yml loads this module: `hooks.table_names`."""
    return TableNames(**settings)
