"""Ends each topic page with "Mentioned in": the sections of other topic pages that link to it.

They stand page by page, each with the sentence around its first mention: all sentences would make a topic like
PostgreSQL, which ninety sections mention, a twentieth heavier for its readers and hide the pages among them.

`on_nav` notes the topic pages of this build in their order; `on_env`, when all pages are converted, reads
them once and appends the sections. Links written by hand and links made by hooks/cross_links.py count
alike. A mention in a callout leads to that, which the theme then unfolds. Stands before hooks/mistakes.py in
mkdocs.yml, which then checks the links made here.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import groupby
from urllib.parse import unquote, urlsplit

from lxml import etree
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url

from hooks.mistakes import HEADINGS, resolved

PARTS = ("fundamentals/", "technologies/", "patterns/", "scenarios/")
LONGEST = 70  # characters of a quotation
UNFOLDED = 6  # more mentions of one part are shown only when asked for
ANCHOR, TITLE = "mentioned-in", "Mentioned in"

PARSER = etree.HTMLParser(remove_comments=True)  # else a comment would part a text
INLINE = set("a abbr b br code del em i img input ins kbd mark q s small span strong sub sup time u wbr".split())
SPACES = re.compile("[ \n]+")
CELL, BETWEEN_CELLS = {"td", "th"}, " · "
SENTENCE_END = re.compile(r"""[.!?]["')\]]*\s+(?=["'(\[]?[A-Z0-9])""")

topics = []  # the topic pages in the order of the navigation; set by on_nav


def on_nav(nav, **_) -> None:
    """Note the topic pages of this build."""
    global topics
    topics = [page for page in nav.pages if page.file.src_uri.startswith(PARTS)]


def on_env(env, **_):
    """Append the section to each topic page that another one mentions, and to its table of contents."""
    titles = {page.url: page.title for page in topics}
    mentions = collect({page.url: page.content or "" for page in topics})
    for page in topics:
        if page.url in mentions:
            page.content += section(page.url, mentions[page.url], titles)
            top = page.toc.items[0].children if page.toc.items else page.toc.items
            top.append(AnchorLink(TITLE, ANCHOR, 2))
    return env


@dataclass(frozen=True)
class Mention:
    """A link: on the page at `url`, under a heading (none below the title), in `text` from `start` to `end`.

    `anchor` leads there: that of the callout around it, or that of the section.
    """

    url: str
    section: str
    anchor: str
    heading: str
    text: str
    start: int
    end: int


def collect(contents: dict[str, str]) -> dict[str, list[Mention]]:
    """Return, for each page of `contents` (HTML by URL), the first mention in each section of the others."""
    mentions: dict[str, dict] = defaultdict(dict)
    for url, html in contents.items():
        for href, *place in links_of(html):
            parts = urlsplit(href)
            target = None if parts.scheme or parts.netloc else resolved(url, unquote(parts.path))
            mention = Mention(url, *place)
            if target in contents and target != url and mention.text[mention.start : mention.end].strip():
                mentions[target].setdefault((url, mention.section), mention)
    return {target: list(by_section.values()) for target, by_section in mentions.items()}


@lru_cache(maxsize=1 << 10)  # a live preview reads again what an author changes, and only that
def links_of(html: str) -> list[tuple]:
    """Return the links in the sentences of a converted page: address, and where it stands as in Mention."""
    reader = Reader()
    events = etree.iterwalk(etree.fromstring(f"<body>{html}", PARSER), events=("start", "end"))
    for event, element in events:
        if event == "end":
            reader.end(element)
        elif holds_no_sentence(element):
            events.skip_subtree()
        else:
            reader.start(element)
    reader.end_block()
    return reader.links


def holds_no_sentence(element) -> bool:
    """Whether an element is a picture, code, the mark of a heading or of a footnote, or holds the footnotes."""
    return (
        element.tag in ("figure", "pre")
        or element.get("class") in ("headerlink", "footnote")
        or element.tag == "sup" and element.get("id", "").startswith("fnref")
    )


def is_callout(element) -> bool:
    """Whether an element is a callout with an anchor."""
    return "id" in element.attrib and (element.tag == "details" or "admonition" in element.get("class", "").split())


@dataclass
class Reader:
    """Reads a page block by block (paragraph, item, row of a table) and notes the links in each."""

    links: list[tuple] = field(default_factory=list)
    section: str = ""
    callouts: list[str] = field(default_factory=list)  # around this place, the inner ones last
    heading: str = ""
    text: str = ""
    open: list[list] = field(default_factory=list)  # address, start, end of each link of this block

    def start(self, element) -> None:
        """Read on into an element."""
        if element.tag == "a":
            self.open.append([element.get("href", ""), len(self.text), len(self.text)])
        elif element.tag in CELL:
            self.text = self.text.rstrip() + BETWEEN_CELLS if self.text.strip() else ""
        elif element.tag == "br":
            self.text += " " * (not (element.tail or "").startswith(("\n", " ")))
        elif element.tag not in INLINE:
            self.end_block()
            if element.tag in HEADINGS:
                self.section = element.get("id", "")
            if is_callout(element):
                self.callouts.append(element.get("id"))
        self.read(element.text)

    def end(self, element) -> None:
        """Read on behind an element."""
        if element.tag == "a":
            if self.open and not holds_no_sentence(element):
                self.open[-1][2] = len(self.text)
        elif element.tag not in INLINE and element.tag not in CELL:
            if element.tag in HEADINGS:
                self.heading = "" if element.tag == "h1" else self.text.strip()
            self.end_block()
            if is_callout(element):
                self.callouts.pop()
        self.read(element.tail)

    def read(self, text: str | None) -> None:
        """Add text to the block."""
        if text:
            self.text += SPACES.sub(" ", text) if "\n" in text or "  " in text else text

    def end_block(self) -> None:
        """Note the links of the block and begin another."""
        if self.open:
            anchor = self.callouts[-1] if self.callouts else self.section
            self.links += [(href, self.section, anchor, self.heading, self.text, start, end) for href, start, end in self.open]
            self.open = []
        self.text = ""


def section(url: str, mentions: list[Mention], titles: dict[str, str]) -> str:
    """Return the section for the page at `url`: its mentions by part and page."""
    # Left out of the search index: there it would answer for the sections it quotes.
    parts = [
        f'<h2 id="{ANCHOR}" data-search-exclude>{TITLE}'
        f'<a class="headerlink" href="#{ANCHOR}" aria-label="Link to this section">&para;</a></h2>'
    ]
    for part, of_part in groupby(mentions, lambda mention: mention.url.partition("/")[0]):
        of_part = list(of_part)
        items = [item(url, list(of_page), titles) for _, of_page in groupby(of_part, lambda mention: mention.url)]
        parts.append(
            f'<details class="mentions" data-search-exclude{" open" if len(of_part) <= UNFOLDED else ""}>'
            f"<summary>{part.capitalize()} ({len(of_part)})</summary><ul>{''.join(items)}</ul></details>"
        )
    return "\n".join(["", *parts])


def item(url: str, mentions: list[Mention], titles: dict[str, str]) -> str:
    """Return the mentions by one page for the page at `url`: its title, the first section and sentence, other sections."""
    first, *others = mentions
    title = titles[first.url]
    html = link(url, first, f"{title}: {first.heading}" if first.heading else title) + f"<br>{quotation(first)}"
    if others:
        html += "<br>Also: " + ", ".join(link(url, mention, mention.heading or title) for mention in others)
    return f"<li>{html}</li>"


def link(url: str, mention: Mention, name: str) -> str:
    """Return a link from the page at `url` to a mention."""
    address = get_relative_url(mention.url, url) + (f"#{mention.anchor}" if mention.anchor else "")
    return f'<a href="{escape(address)}">{escape(name)}</a>'


def quotation(mention: Mention) -> str:
    """Return the sentence around a mention as HTML, the mention bold, cut to LONGEST characters at spaces."""
    text, start, end = mention.text, mention.start, mention.end
    borders = [0, *(match.end() for match in SENTENCE_END.finditer(text)), len(text)]
    first, last = max(border for border in borders if border <= start), min(border for border in borders if border >= end)
    room = max(0, LONGEST - (end - start))
    # As much before the mention as after it; what one side does not need goes to the other.
    before = max(room // 2, room - (last - end))
    after = max(room - room // 2, room - (start - first))
    left, right = text[first:start], text[end:last]
    if len(left) > before:
        left = "… " + left[-before:].partition(" ")[2] if before else "…"
    if len(right) > after:
        right = right[:after].rpartition(" ")[0] + " …"
    return f"{escape(left.lstrip())}<b>{escape(text[start:end])}</b>{escape(right.rstrip())}"
