"""Publishes each page as plain Markdown too, beside its HTML, for readers that are programs.

The address is the page's own file with `.md` behind it (technologies/redis/index.html.md), as https://llmstxt.org
asks; overrides/main.html names it in the head and overrides/llms.txt lists all. `on_page_content` rewrites the
Markdown once a page is converted, `on_post_page` writes it.

The text stands without the build: what a fence stands for takes its place as a table or a list, a figure in a
sentence as its value, a callout as a quotation; links lead to the other pages' Markdown; attribute lists and the
elements that hold layout or controls are left out. A fence that this module does not know and that the build
replaces (a custom fence of mkdocs.yml) becomes a link to the page.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from markdown.extensions.toc import slugify
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from hooks import calculator as calculators
from hooks import cheat_sheet
from hooks.authoring import complete_entries
from hooks.cross_links import FORCED, home_of
from hooks.glossary import ADDRESS, terms
from hooks.quantities import Quantity, chosen, quantities

FENCE = re.compile(r"( *)(`{3,}(?!`)|~{3,}(?!~))(?!.*\2) *([\w-]*)(.*)")  # with the same signs behind it, it is code in a sentence
CALLOUT = re.compile(r'( *)(?:!!!|\?\?\?\+?) ?([\w-]+)(?: +[\w-]+)?(?: +"(.*)")? *')
CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"(\]\(|^ {0,3}\[[^\]^][^\]]*\]: +)([^)\s]+)")  # [text](address), or the line [name]: address
CLICK = re.compile(r'((?:^|;) *(?:click|link) +\S+ +(?:href +)?")([^"]+)')
ATTRIBUTES = re.compile(r"[ \t]*\{:?\s*[.#][\w-]+[^{}]*\}")
DIV = re.compile(r"</?div\b[^<>]*>")
LAYOUT = re.compile(rf"\s*(?:(?:{DIV.pattern}\s*)+|</?(?:button|input|output)\b.*>)\s*")
FIGURE = "#!number "
# And fences, which have none.
SPARE_LINES = re.compile(r"^(?P<before>[> ]*)(?P<fence>`{3,}(?!`)|~{3,}(?!~))(?![^\n]*(?P=fence)).*?^(?P=before)(?P=fence)$|\n{3,}", re.M | re.S)
CAPTION = re.compile(r"""caption=(["'])(.*?)\1""")


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep the page's plain Markdown with the page."""
    custom = config.mdx_configs.get("pymdownx.superfences", {}).get("custom_fences", [])
    page.plain_markdown = plain(page, files, {fence["name"] for fence in custom})
    return html


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Write the page's plain Markdown beside its HTML."""
    path = Path(config.site_dir, address_of(page.file))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page.plain_markdown, encoding="utf-8")
    return output


def address_of(file) -> str:
    """Return the address, within the site, of the plain Markdown of a page's file."""
    return f"{file.dest_uri}.md"


def plain(page: Page, files: Files, generated: set[str]) -> str:
    """Return the Markdown of a page that needs no build; `generated` names the fences that the build replaces."""
    writer = Writer(
        link=lambda target: relinked(target, page.file, files),
        page_url=page.canonical_url or page.file.name,
        generated=generated,
    )
    lines = page.markdown.expandtabs(4).split("\n")  # Markdown, too, takes a tab for spaces to the next fourth column
    text = SPARE_LINES.sub(lambda match: match[0] if match["fence"] else "\n\n", "\n".join(writer.blocks(lines))).strip()
    return text + "\n" if text.startswith("# ") else f"# {page.title}\n\n{text}\n"


def relinked(target: str, file, files: Files) -> str:
    """Return a link's target, as written on the page of `file`, for its plain Markdown."""
    if target.startswith(FORCED):
        glossary = file.src_dir and Path(file.src_dir, ADDRESS)  # a page that a plugin makes has no folder
        homes = {slugify(name, "-"): home_of(term) for term in terms(glossary) for name in term.names}
        home = homes.get(slugify(unquote(target.removeprefix(FORCED)), "-"))
        target = posixpath.relpath(home, posixpath.dirname(file.src_uri) or ".") if home else target
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return target
    other = files.get_file_from_path(posixpath.normpath(posixpath.join(posixpath.dirname(file.src_uri), unquote(parts.path))))
    if other is None:
        return target  # hooks/mistakes.py reports it
    address = address_of(other) if other.is_documentation_page() else other.dest_uri
    relative = posixpath.relpath(address, posixpath.dirname(file.dest_uri) or ".")
    return quote(relative) + (f"#{parts.fragment}" if parts.fragment else "")


@dataclass
class Writer:
    """Rewrites lines of Markdown: `link` maps a target to one for the result, `page_url` leads to the page itself."""

    link: Callable[[str], str]
    page_url: str
    generated: set[str]

    def blocks(self, lines: list[str]) -> Iterator[str]:
        """Yield the lines that take the place of `lines`."""
        number = 0
        while number < len(lines):
            line = lines[number]
            number += 1
            if match := FENCE.fullmatch(line):
                indent, marks, language, options = match.groups()
                end = next((n for n in range(number, len(lines)) if lines[n].strip() == marks), len(lines))
                body = [inner.removeprefix(indent) for inner in lines[number:end]]
                yield from (indent + text for text in self.fence(language, options, marks, body))
                number = end + 1
            elif match := CALLOUT.fullmatch(line):
                indent, kind, title = match.groups()
                inside = indent + "    "
                end = next((n for n in range(number, len(lines)) if lines[n].strip() and not lines[n].startswith(inside)), len(lines))
                yield f"{indent}> **{kind.capitalize()}{f': {self.inline(title)}' if title else ''}**"
                yield f"{indent}>"
                body = "\n".join(self.blocks([inner.removeprefix(inside) for inner in lines[number:end]])).strip()
                yield from (f"{indent}> {text}".rstrip() for text in body.split("\n"))
                yield ""
                number = end
            elif not LAYOUT.fullmatch(line):
                yield self.inline(line)

    def inline(self, line: str) -> str:
        """Return a line with its figures written out and its links and attributes made plain."""
        done, place = [], 0
        for code in CODE.finditer(line):
            done += [self.text(line[place : code.start()]), self.code(code)]
            place = code.end()
        return "".join([*done, self.text(line[place:])])

    def text(self, text: str) -> str:
        """Return text that holds no code."""
        return LINK.sub(lambda match: match[1] + self.link(match[2]), ATTRIBUTES.sub("", DIV.sub("", text)))

    def code(self, match: re.Match) -> str:
        """Return a piece of inline code, or the figure it stands for."""
        if not match[2].startswith(FIGURE):
            return match[0]
        named = [quantity for quantity in quantities() if quantity.id == match[2].removeprefix(FIGURE).strip()]
        return f'[{value(named[0])}]({named[0].source_url} "{note(named[0])}")' if named else match[0]

    def fence(self, language: str, options: str, marks: str, body: list[str]) -> list[str]:
        """Return the lines that take the place of a fence."""
        if language == "mermaid":
            caption = CAPTION.search(options)
            drawn = [CLICK.sub(lambda match: match[1] + self.link(match[2]), line) for line in body]
            return [f"{marks}mermaid", *drawn, marks, "", *([f"*{caption[2]}*"] if caption else [])]
        if language in WRITTEN_OUT:
            return WRITTEN_OUT[language]("\n".join(body), self.link)
        if language in self.generated:
            return [f"*This part is gathered by the build: [read it on the page]({self.page_url}).*"]
        return [f"{marks}{language}{options}", *body, marks]


def numbers(source: str, link: Callable) -> list[str]:
    """Return the table of a ```numbers fence."""
    return table(chosen(source.split()))


def sheet(source: str, link: Callable) -> list[str]:
    """Return the groups of a ```sheet fence, each a table under the link to its topic."""
    lines = []
    for group in complete_entries(source, cheat_sheet.FIELDS):
        rows = chosen(group["figures"], on_sheet=True)
        lines += [f"**[{group['title']}]({link(group['page'])})**", "", *table(rows), ""]
    return lines


def sheet_sources(source: str, link: Callable) -> list[str]:
    """Return the list of a ```sheet-sources fence."""
    titles = {quantity.source_url: quantity.source_title for quantity in quantities()}
    return [f"- {code}: [{titles[url]}]({url})" for url, code in cheat_sheet.codes().items()]


def calculator(source: str, link: Callable) -> list[str]:
    """Return what the results of a ```calculator are compared with; a text cannot compute."""
    named = {quantity.id: quantity for quantity in quantities()}
    entries = [(entry, named[entry["figure"]]) for entry in complete_entries(source, calculators.FIELDS) if entry["figure"] in named]
    return [
        f"- {entry['result'].capitalize()} against [{quantity.label}]({link(entry['page'])}), {value(quantity)}. "
        f"Below: {entry['below']} Above: {entry['above']}"
        for entry, quantity in entries
    ]


WRITTEN_OUT = {"numbers": numbers, "sheet": sheet, "sheet-sources": sheet_sources, "calculator": calculator}


def table(rows: list[Quantity]) -> list[str]:
    """Return figures as a Markdown table."""
    return [
        "| Figure | Value | Condition | Kind and source |",
        "| --- | --- | --- | --- |",
        *(
            f"| {cell(q.label)} | {cell(value(q))} | {cell(q.condition)} "
            f"| {q.kind}: [{cell(q.source_title)}]({q.source_url}) (checked {q.checked}) |"
            for q in rows
        ),
    ]


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return text.replace("|", r"\|")


def value(quantity: Quantity) -> str:
    """Return the value of a figure with plain spaces."""
    return quantity.value.replace("\u00a0", " ")


def note(quantity: Quantity) -> str:
    """Return the condition, kind and source of a figure as the title of a link."""
    return quantity.note.replace('"', "'")
