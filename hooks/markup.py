"""Reads the tags of finished HTML with their places, so that a piece can be cut out or an attribute replaced.

No hook of its own. The parser finds the tags; what nobody changes stays as it was, byte for byte, also the
names in mixed case that a picture (SVG) has.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

# An attribute within one start tag: name, and value with its quotes.
ATTRIBUTE = re.compile(r"""(?P<space>\s+)(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'<>=`]+))?""")


@dataclass(slots=True)
class Tag:
    """A tag from `start` to `end` in its HTML; `attributes` is None for an end tag."""

    name: str
    attributes: dict[str, str] | None
    start: int
    end: int


class Reader(HTMLParser):
    """Collects tags and text of a piece of HTML."""

    def __init__(self, html: str):
        super().__init__()
        self.html, self.tags, self.words = html, [], []
        self.lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self.feed(html)
        self.close()

    def here(self) -> int:
        """Return where the tag begins that the parser is at."""
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag, attrs):
        start = self.here()
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append(Tag(tag, attributes, start, start + len(self.get_starttag_text())))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.tags.append(Tag(tag, None, self.tags[-1].end, self.tags[-1].end))

    def handle_endtag(self, tag):
        start = self.here()
        self.tags.append(Tag(tag, None, start, self.html.index(">", start) + 1))

    def handle_data(self, data):
        self.words.append(data)


@lru_cache(maxsize=1 << 13)  # a live preview reads again what an author changes, and only that
def tags(html: str) -> tuple[Tag, ...]:
    """Return the tags of a piece of HTML in their order."""
    return tuple(Reader(html).tags)


def text(html: str) -> str:
    """Return the words of a piece of HTML."""
    return " ".join("".join(Reader(html).words).split())


def closing(found: Sequence[Tag], number: int) -> int:
    """Return the number, among tags in their order, of the end tag that closes start tag `number`."""
    depth = 0
    for place in range(number, len(found)):
        if found[place].name == found[number].name:
            depth += 1 if found[place].attributes is not None else -1
        if not depth:
            return place
    raise ValueError(f"nothing closes <{found[number].name}> at {found[number].start}")


def rewritten(html: str, change: Callable[[Tag], dict[str, str]]) -> str:
    """Return `html` with the attributes replaced that `change` returns for a start tag."""
    pieces, kept = [], 0
    for tag in tags(html):
        if tag.attributes and (changed := change(tag)):
            pieces += [html[kept : tag.start], retagged(html[tag.start : tag.end], changed)]
            kept = tag.end
    return "".join(pieces) + html[kept:]


def retagged(tag: str, changed: dict[str, str]) -> str:
    """Return a start tag with the values of some of its attributes replaced."""

    def replace(attribute: re.Match) -> str:
        value = changed.get(attribute["name"].lower())
        return attribute[0] if value is None else f'{attribute["space"]}{attribute["name"]}="{escape(value)}"'

    return ATTRIBUTE.sub(replace, tag)
