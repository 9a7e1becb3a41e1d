"""Finds an author's mistakes in the sources themselves, which Markdown would pass over in silence.

Runs when the files are known (`on_files`: names, encoding) and when a page is read (`on_page_read_source`: front matter
and text).
Markdown has no wrong text: a fence that is not closed swallows the rest of the page, a table with a cell too
many loses it, a footnote without a definition shows as it was typed. `mistakes` says so, line by line; links,
anchors and figures are for other modules, once pages are converted.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from textwrap import dedent
from urllib.parse import urlsplit

import yaml
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from hooks import quantities
from hooks.authoring import decoded, report, shown

Mistake = tuple[int, str, str]  # line, what is wrong, what to write instead

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DESCRIPTION = (50, 160)  # characters a search result shows
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$", re.M | re.S)
FENCE = re.compile(r"^(?P<indent>[ >]*)(?P<mark>`{3,}|~{3,})[ ]*(?P<info>.*)$")
OPTION = re.compile(r""" +([\w-]+)=(?:"[^"]*"|'[^']*')""")
INFO = re.compile(rf"(?P<language>[\w+#.-]*)(?:{OPTION.pattern})*|\{{.*\}}")
# Escaped signs, comments and code: no Markdown. A comment that is not closed goes on to the end, so that none is looked through twice.
OPAQUE = re.compile(r"\\[\\`*\[]|<!--(?s:.*?)(?:--> *|\Z)|(?<!`)(`+)(?!`)(?:[^\n]|\n(?!\n))*?(?<!`)\1(?!`)")
TAG = re.compile(r"<!--|<(?P<close>/)?(?P<tag>[a-zA-Z][\w-]*)(?:\s[^<>]*?)?(?P<void>/)?>")
OPTIONS = ("hl_lines", "linenums", "title", "title_mode")  # of a fence of code; with another one it is no fence to the converter
UNCOLORED = {"cql"}  # languages that are right and have no colors yet
NOT_CLOSED = frozenset("area base br col dd dt embed hr img input li link meta option p source td th tr track wbr".split())
BLOCK = re.compile(r"(?m)^#[^\n]*|(?:^(?!#)[^\n]*\S[^\n]*(?:\n|\Z))+")  # a heading, or lines with neither one nor an empty line between them
FOREIGN = ("svg", "math")  # within these an element may close itself; elsewhere a browser leaves it open
HEADING = re.compile(r"(?P<marks>#{1,6})(?P<space>[ \t]*)(?P<text>.*)")
FOOTNOTE = re.compile(r"\[\^(?P<name>[^\]\s]+)\](?P<colon>:)?")
ROW = re.compile(r"^ *\|.*\| *$")
DASHES = re.compile(r"^ *\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$")
ITEM = re.compile(r"^(?:[-*+]|\d+\.) ")
SHALLOW = re.compile(r"(?: {4})* {1,3}[^\s<]")  # a line between two levels
KINDLESS = re.compile(r'^ *\?\?\?\+? +".*" *$', re.M)  # for Markdown a fold, for hooks/callouts.py nothing
CALLOUT = re.compile(r" *(?:!!!|\?\?\?)")
LINKS = (
    (re.compile(r"\]\(\s*\)"), "a link has no address", "write [text](page.md)"),
    (re.compile(r"\[[^\]\n]+\] \([\w./#-]+\.md[\w#-]*\)"), "a space parts a link's text from its address", "delete it"),
    (re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*$"), "the address of a link is not closed", 'write ")" behind it'),
)
REFERENCE = re.compile(r"\]\[(?P<name>[^\]^\n][^\]\n]*)\]")
CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}) ", re.M)


def on_files(files, **_):
    """Report files whose name makes a bad address or whose text is not UTF-8, and go on with what can be read."""
    quantities.forget()
    addresses: dict[str, str] = {}
    for file in files:
        page = file.is_documentation_page() and file.inclusion.is_in_serve()  # not what MkDocs leaves out, as an editor's lock files
        if not file.abs_src_path or not (page or file.src_uri == "numbers.yml"):
            continue
        path = shown(file.abs_src_path)
        content = Path(file.abs_src_path).read_bytes()
        if undecoded := not_utf8(content):
            report(path, *undecoded)
        if page:
            other = addresses.setdefault(file.dest_uri, file.src_uri)
            if other != file.src_uri:
                report(path, 1, f"docs/{other} has the same address, {file.url}", "give one of the two another name")
            parts = PurePosixPath(file.src_uri)
            if parts.suffix != ".md" or not all(NAME.fullmatch(part) for part in (*parts.parent.parts, parts.stem)):
                report(path, 1, "its name makes a bad address", "name it in lower-case letters, digits and hyphens, with .md")
    return files


def on_page_read_source(page, *, config, **_) -> str | None:
    """Report what is wrong with the source of a page, and return what can be read of it; MkDocs would stop if it is not UTF-8."""
    if not page.file.abs_src_path:
        return None
    content = Path(page.file.abs_src_path).read_bytes()
    text = decoded(content)
    if not not_utf8(content):
        fences = config.mdx_configs.get("pymdownx.superfences", {}).get("custom_fences", [])
        for line, wrong, instead in found_once(text, frozenset(fence["name"] for fence in fences)):
            report(shown(page.file.abs_src_path), line, wrong, instead)
    return text


def on_page_markdown(markdown: str, *, page, **_) -> None:
    """Take out of a page's front matter what is no text, which is reported."""
    for name in ("title", "description"):
        if not isinstance(page.meta.get(name, ""), str):
            del page.meta[name]  # else the theme would show "['a', 'list']", or fail


def not_utf8(content: bytes) -> Mistake | None:
    """Return the mistake of bytes that are not UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return line, f"byte 0x{content[error.start]:02x} is not UTF-8", "save the file in the encoding UTF-8"
    return None


@lru_cache(maxsize=1 << 10)  # a live preview reads again what an author changes, and only that
def found_once(text: str, fences: frozenset[str]) -> tuple[Mistake, ...]:
    """Return `mistakes` of a page."""
    return tuple(mistakes(text, fences))


def mistakes(text: str, fences: Collection[str]) -> Iterator[Mistake]:
    """Yield what is wrong with the source of a page; `fences` are the languages that the build itself draws."""
    for line, match in numbered(CONTROL, text):
        yield line, f"there is an invisible character, U+{ord(match[0]):04X}", "delete it"
    for line, _ in numbered(CONFLICT, text):
        yield line, "a conflict of a merge is left in the text", "keep one of the two versions"
    head = FRONT_MATTER.match(text)
    yield from in_front_matter(text, head)
    body = "\n" * head[0].count("\n") + text[head.end() :] if head else text
    plain, fence_mistakes = without_fences(body, fences)
    yield from fence_mistakes
    if not fence_mistakes:  # else what follows the fence is taken for text, or text for code
        prose = OPAQUE.sub(hidden, plain)
        endless = prose.rstrip().endswith("<!--")  # a comment that is not closed: nobody knows what belongs to it
        for check in (in_html,) if endless else (in_callouts, in_headings, in_footnotes, in_html, in_links, in_levels, in_blocks):
            yield from check(prose)


def hidden(match: re.Match) -> str:
    """Return what stands for an `OPAQUE` piece: its lines, and of a comment that is not closed the sign, which is reported."""
    if not match[0].startswith("<!--"):
        return re.sub(r"[^\n]", "\x1a", match[0])
    return "<!--" * (not match[0].rstrip().endswith("-->")) + "\n" * match[0].count("\n")


def numbered(pattern: re.Pattern, text: str) -> Iterator[tuple[int, re.Match]]:
    """Yield the matches of `pattern`, each with the number, from 1, of the line on which it begins; in one pass over `text`."""
    line, place = 1, 0
    for match in pattern.finditer(text):
        line, place = line + text.count("\n", place, match.start()), match.start()
        yield line, match


def in_front_matter(text: str, head: re.Match | None) -> Iterator[Mistake]:
    """Yield what is wrong with the lines between "---" at the top."""
    if not head and (re.match(r"\s*---\s*\n\s*\w+:", text) or re.match(r"\s*\w+:.*\n(?: *[\w-]+:.*\n)*---", text)):
        yield 1, "the front matter is not closed, or does not begin in the first line", 'write it between two lines "---"'
        return
    if not head:
        for name in ("title", "description"):
            yield 1, f"no {name}", f'write "{name}: ..." between two lines "---" at the top of the file'
        return
    try:
        node = yaml.compose(head["yaml"], quantities.LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        yield line, f"the front matter is not YAML: {error.problem}", 'put a text with ": " in quotation marks, no tabs'
        return
    except yaml.YAMLError:
        return  # a control character, reported already
    if not isinstance(node, yaml.MappingNode):
        yield 2, "the front matter is no list of names and values", 'write "title: ..." and "description: ..."'
        return
    values: dict[str, tuple[int, yaml.Node]] = {}  # with the line of each
    for key, value in node.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            yield line, "a name in the front matter is no text", "put what holds brackets or braces in quotation marks"
            continue
        if key.value in values:
            yield line, f'"{key.value}" stands twice in the front matter', "keep one of the two"
        values[key.value] = line, value
    for name in ("title", "description"):
        line, value = values.get(name, (1, None))
        if not value or not value.value or value.tag.endswith(":null"):
            yield line, f"no {name}", f'write "{name}: ..." between two lines "---" at the top of the file'
        elif not value.tag.endswith(":str"):
            yield line, f"the {name} is not text", f'write {name}: "..."'
        elif name == "description" and not DESCRIPTION[0] <= len(value.value) <= DESCRIPTION[1]:
            yield line, f"the description has {len(value.value)} characters", "write {} to {}".format(*DESCRIPTION)


def without_fences(text: str, own: set[str]) -> tuple[str, list[Mistake]]:
    """Return `text` with the lines of its fences blank, and what is wrong with the fences."""
    kept, found, opened = [], [], None
    for number, line in enumerate(text.expandtabs(4).split("\n"), 1):  # as Markdown takes tabs
        match = FENCE.match(line)
        if opened:
            first, indent, mark = opened
            if match and not match["info"] and match["mark"].startswith(mark) and len(match["indent"]) <= len(indent):
                if (match["indent"], match["mark"]) != (indent, mark):  # indented less; or longer, which closes it on GitHub and not here
                    found.append((number, f'"{match["mark"]}" does not close the fence of line {first}', f'write "{indent}{mark}"'))
                opened = None
            elif line.strip(" >") and len(re.match("[ >]*", line)[0]) < len(indent):
                less = f"indented less than its fence in line {first}, which makes both no code", f'write "{indent}" in front of it'
                found += [(number, *less)] * (not found or found[-1][1] != less[0])  # once a fence
            kept.append("")
        elif match and "`" not in match["info"]:
            opened = (number, match["indent"], match["mark"])
            found += in_info(number, match["info"].strip(), own)
            kept.append("")
        else:
            kept.append(line)
    if opened:
        found.append((opened[0], "the fence is not closed", f'write a line "{opened[1]}{opened[2]}" where it ends'))
    return "\n".join(kept), found


def in_info(line: int, info: str, own: set[str]) -> Iterator[Mistake]:
    """Yield what is wrong behind the signs that open a fence."""
    match = INFO.fullmatch(info)
    if not match:
        yield line, f'"{info}" cannot stand behind the signs of a fence', 'write a language, then name="value"'
        return
    language = match["language"]
    if not language:
        return  # no options, or in braces, where any may stand
    options = () if language in own else OPTIONS
    unknown = [name for name in OPTION.findall(info) if name not in options]
    if unknown and language != "mermaid":  # whose options hooks/diagrams.py knows
        instead = f"write {', '.join(options)}, or none" if options else "delete it"
        yield line, f"a fence of {language if language in own else 'code'} has no option {unknown[0]}", instead
    if language not in own | UNCOLORED:
        try:
            get_lexer_by_name(language)
        except ClassNotFound:
            yield line, f'no language "{language}" is known', 'write "text" for one without colors'


def in_callouts(text: str) -> Iterator[Mistake]:
    """Yield callouts without a kind."""
    for line, _ in numbered(KINDLESS, text):
        yield line, "a callout without a kind", 'write it in front of the title: ??? question "Title"'


def in_headings(text: str) -> Iterator[Mistake]:
    """Yield headings that are empty, skip a level, or are no headings; and more or fewer titles than one."""
    titles, above = 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        match = line.startswith("#") and HEADING.fullmatch(line)
        if not match:
            continue
        if not match["text"].strip():
            yield number, "a heading has no words", "write them, or delete it"
        elif not match["space"]:
            yield number, f'"{line[:30]}" is no heading', f"write a space behind {match['marks']}"
        else:
            level = len(match["marks"])
            titles += level == 1
            if level == 1 and titles == 2:
                yield number, "the page has a second title", 'begin it with "##"'
            elif above and level > above + 1:
                yield number, f"the heading skips a level, from {above} to {level}", f'begin it with "{"#" * (above + 1)}"'
            if "{" in match["text"] and "}" not in match["text"]:
                yield number, "the anchor of a heading is not closed", "write ## Heading {#anchor}"
            above = level
    if not titles and text.strip():
        yield 1, "the page has no title in its text", 'write "# Title" below the front matter'


def in_footnotes(text: str) -> Iterator[Mistake]:
    """Yield footnotes that are cited and not defined, or defined twice."""
    defined: dict[str, int] = {}
    cited = []
    for line, match in numbered(FOOTNOTE, text):
        if match["colon"] and (match.start() == 0 or text[match.start() - 1] == "\n"):
            if match["name"] in defined:
                yield line, f"the footnote [^{match['name']}] is defined in line {defined[match['name']]} too", "keep one of the two"
            defined.setdefault(match["name"], line)
        else:
            cited.append((line, match["name"]))
    for line, name in cited:
        if name not in defined:
            yield line, f"the footnote [^{name}] is not defined", f"write [^{name}]: [Title](https://...) under Sources"


def in_html(text: str) -> Iterator[Mistake]:
    """Yield elements and comments that are not closed, or not open."""
    opened: list[tuple[str, int]] = []
    for line, match in numbered(TAG, text):
        name = (match["tag"] or "!--").lower()
        if match["close"]:
            if name in [other for other, _ in opened]:
                while (last := opened.pop())[0] != name:
                    yield last[1], f"<{last[0]}> is not closed", f"write </{last[0]}>"
            elif name not in NOT_CLOSED:
                yield line, f"</{name}> closes nothing", "delete it, or open it"
        elif name not in NOT_CLOSED and not (match["void"] and any(other in FOREIGN for other, _ in [*opened, (name, line)])):
            opened.append((name, line))
    for name, line in opened:
        yield line, f"<{name} is not closed" if name == "!--" else f"<{name}> is not closed", f"write {'-->' if name == '!--' else f'</{name}>'}"


def in_links(text: str) -> Iterator[Mistake]:
    """Yield links that Markdown does not take for links."""
    for number, line in enumerate(text.split("\n"), 1):
        if "]" not in line:
            continue
        for pattern, wrong, instead in LINKS:
            if pattern.search(line):
                yield number, wrong, instead
        for address in re.findall(r"\]\(([^)\s]+)", line):
            try:
                urlsplit(address)
            except ValueError as error:  # MkDocs would stop without a line
                yield number, f'"{address}" is no address: {error}', "write one that exists, or put it between backticks"
        for match in REFERENCE.finditer(line):
            if not re.search(rf"(?im)^ *\[{re.escape(match['name'])}\]:", text):
                yield number, f"the link [{match['name']}] has no address", "write [text](page.md)"


def in_levels(text: str) -> Iterator[Mistake]:
    """Yield items of a list, and paragraphs below them, whose indentation lies between two levels."""
    listed, above = False, ""
    for number, line in enumerate(text.split("\n"), 1):
        item = ITEM.match(line.lstrip())
        if listed and SHALLOW.match(line) and (item or not above):
            yield number, "its indentation makes it no part of the list above", "indent it by four spaces a level"
        above = line.strip()
        if above:
            listed = bool(item) or listed and line.startswith(" ")


def in_blocks(text: str) -> Iterator[Mistake]:
    """Yield what is wrong within paragraphs, tables and lists, each between two empty lines or headings."""
    for start, block in numbered(BLOCK, text):
        lines = block[0].removesuffix("\n").split("\n")
        # What is indented belongs to a callout or an item, where a list or a table needs its empty line as well.
        inner = dedent("\n".join(lines[1:] if CALLOUT.match(lines[0]) else lines)).split("\n")
        for check, these in ((in_emphasis, lines), (in_table, inner), (in_list, inner)):
            first = start + len(lines) - len(these)
            yield from ((first + number, wrong, instead) for number, wrong, instead in check(these))


def in_emphasis(lines: list[str]) -> Iterator[Mistake]:
    """Yield code and bold type that do not end in their paragraph; here and below, lines count from 0."""
    for sign, name in (("`", "code"), ("**", "bold type")):
        places = [number for number, line in enumerate(lines) for _ in range(line.count(sign)) if line.strip() != "***"]  # a rule
        if len(places) % 2:
            yield places[-1], f"{name} is not closed: {sign}", "close it in the same paragraph"


def in_table(lines: list[str]) -> Iterator[Mistake]:
    """Yield why a table is none, or which of its rows lose cells."""
    dashes = next((number for number, line in enumerate(lines) if number and DASHES.match(line)), None)
    if dashes is None:
        rows = [number for number, line in enumerate(lines) if ROW.match(line)]
    else:  # the signs at the ends of a row may be left out
        rows = [number for number in range(dashes - 1, len(lines)) if "|" in lines[number]]
    if len(rows) < 2:
        return
    head = rows[0]
    if head and lines[head - 1].strip():
        yield head, "the table stands right below other text", "leave a line empty above it"
    elif not DASHES.match(lines[head + 1]):
        yield head + 1, "the table has no line of dashes below its head", "write | --- | --- |"
    else:
        wanted = cells(lines[head])
        for number in rows[1:]:  # with other cells than the head, the line of dashes makes no table
            if (found := cells(lines[number])) != wanted:
                yield number, f"cells in this row: {found}, in the head: {wanted}", "make them equal; a | within a cell is \\|"


def in_list(lines: list[str]) -> Iterator[Mistake]:
    """Yield the first item of a list that Markdown takes for a part of the paragraph above."""
    # Items, quotes, tables, definitions, HTML, rules, callouts, footnotes and addresses of links are no paragraphs.
    if lines[0].strip() and not re.match(r" |[-+>|:=<]|\* |\*{3}|_{3}|!!!|\?\?\?|\[[^\]]*\]:|\d+\.", lines[0]):
        item = next((number for number, line in enumerate(lines) if ITEM.match(line) and not DASHES.match(line)), None)
        if item and not any(line.startswith(":") for line in lines[:item]):
            yield item, "the list stands right below a paragraph, so that it is no list", "leave a line empty above it"


def cells(row: str) -> int:
    """Return how many cells a row has."""
    return len(re.findall(r"(?<!\\)\|", re.sub(r"^\||(?<!\\)\|$", "", row.strip()))) + 1
