"""Draws every Mermaid fence as a static SVG while the page is converted.

`fence` and `fence_options` are named in mkdocs.yml as the superfences format and validator of
`mermaid`, so any engine that runs Python-Markdown draws the same pictures. pele draws them, inside this
process and only once while a fence is unchanged (hooks/cache.py); a kind of Mermaid's that pele cannot draw (or every
diagram, with the environment variable DIAGRAMS=browser) is handed to mkdocs-mermaid2-plugin as a `div.mermaid`, which
the reader's browser draws.

A page has its pictures without the style that makes each of them readable alone: site.css has it once, for `.pele`.
What shows a picture outside of a page takes what `draw` returns.

`on_post_page` is the only event: it publishes Mermaid's own script, and only if a page needs it.
"""

import hashlib
import json
import os
import re
import shutil
from functools import cache
from html import escape
from pathlib import Path

import quickjs
from markdown import Markdown

from hooks.authoring import line_of, loud, report, source_of
from hooks.cache import kept
from hooks.engine import place_of

MODULES = Path(__file__).parent.parent / "node_modules"
PELE = MODULES / "pele" / "dist" / "pele.global.js"
MERMAID = MODULES / "mermaid" / "dist" / "mermaid.min.js"
MERMAID_URL = "assets/javascripts/mermaid.min.js"

# Sizes are in CSS pixels. A picture's own is fixed; in a narrower box it shrinks a little, then scrolls (site.css).
# A fixed `now` (milliseconds since 1970) keeps the time of the build out of charts.
OPTIONS = {"responsive": False, "padding": 4, "fontSize": 15, "linkRel": "", "now": 0}
# For a picture wider than a phone's column of text: all stands closer.
NARROW = {"maxWidth": 328}
# In a flowchart labels break sooner, too: at the first width or, where that leaves a tenth free, at the next that fits.
FLOWCHART, WRAPS = re.compile(r"^ *(?:flowchart|graph) ", re.M), (80, 140, 110)
OWN_WIDTH = re.compile(r"^ *useWidth:", re.M)  # of a chart whose labels would not fit between the marks of a shorter axis

GEOMETRY = re.compile(r'(?<=\s)(?:d|points|transform|viewBox|[xy][12]?|c[xy]|r[xy]?|width|height)="[^"]*"')
POINTS = {"m": 1, "l": 1, "q": 2, "c": 3}  # how many each command of a path takes
ROOT_STYLE = re.compile(r'(<svg [^>]*? width="(?P<width>[\d.]+)"[^>]*?) style="[^"]*"(?: fill="[^"]*")?')


class DiagramError(ValueError):
    """A fence that cannot be drawn. `line` counts from 1 within the fence; None where it is unknown."""

    def __init__(self, message: str, line: int | None = None, unsupported: bool = False):
        super().__init__(message)
        self.line = line
        self.unsupported = unsupported


def on_post_page(output: str, *, config, **_) -> str:
    """Copy Mermaid's script into the site when a page holds a diagram for the browser to draw."""
    if '<div class="mermaid"' in output:
        target = Path(config.site_dir, MERMAID_URL)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MERMAID, target)
    return output


def fence_options(language: str, inputs: dict, options: dict, attrs: dict, md: Markdown) -> bool:
    """Accept whatever stands behind ```mermaid; `fence` says which of it is wrong."""
    options.update(inputs)
    return True


@loud
def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the HTML figure for one Mermaid fence.

    `options` holds the words behind ```mermaid: `caption="..."`. A mistake is reported with file and
    line, and the figure then shows the message and the source, so that a live preview is never blank.
    """
    try:
        caption = caption_of(options)
        title, description = name_of(source)
        if os.environ.get("DIAGRAMS") == "browser":
            return figure(for_browser(source), title, caption)
        try:
            svg, links = draw(source, prefix(source, md))
        except DiagramError as error:
            if error.unsupported:
                return figure(for_browser(source), title, caption)
            raise
        if "<title " not in svg:  # its words are in the picture then
            raise DiagramError("Mermaid has no title for this kind of diagram; draw another, as a flowchart")
    except DiagramError as error:
        path = source_of(md)
        start = line_of(path, source)  # of its first line that is not empty
        above = source[: len(source) - len(source.lstrip())].count("\n")
        line = start and start - 1 + (error.line - above if error.line else 0)
        report(path, line, f"the diagram cannot be drawn: {error}", "see CONTRIBUTING.md, Diagrams")
        return f'<pre class="diagram-error">{escape(str(error))}\n\n{escape(source)}</pre>'
    return figure(resolve_links(in_page(svg), links, md), title, caption)


def caption_of(options: dict) -> str:
    """Return the caption, the only option a fence has and must have."""
    if unknown := sorted(set(options) - {"caption"}):
        raise DiagramError(f'no option "{unknown[0]}" exists; write ```mermaid caption="..."')
    if not str(options.get("caption", "")).strip():
        raise DiagramError('no caption; write ```mermaid caption="What to notice in the picture."')
    return options["caption"]


def name_of(source: str) -> tuple[str, str]:
    """Return title and description of a diagram: its accTitle and accDescr."""
    # On the same line: without a word there, pele and Mermaid take the next line for the text, out of the diagram.
    title = re.search(r"^\s*accTitle\s*:[ \t]*(\S.*?)\s*$", source, re.M)
    description = re.search(r"^\s*accDescr\s*(?::[ \t]*(\S.*?)\s*$|\{\s*(\S[^}]*?)\s*\})", source, re.M)
    if not title:
        raise DiagramError('no title; write "accTitle: ..." on the line after the kind of diagram')
    if not description:
        raise DiagramError('no description; write "accDescr: ..." below accTitle, for who cannot see it')
    return title[1], " ".join((description[1] or description[2]).split())


def prefix(source: str, md: Markdown) -> str:
    """Return a prefix for the ids of a picture: the hash of its source, counted if it stands twice."""
    drawn = md.__dict__.setdefault("diagrams_drawn", {})
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    drawn[digest] = drawn.get(digest, 0) + 1
    return f"d{digest}" + (f"-{drawn[digest]}" if drawn[digest] > 1 else "")


def draw(source: str, id_prefix: str) -> tuple[str, list[str]]:
    """Return the SVG of a diagram, which can stand alone, and the addresses of the links in its nodes.

    Raises:
        DiagramError: it cannot be drawn.
    """
    options = options_of(source, id_prefix)
    ingredients = json.dumps([version(), DRAWING, options, source])
    answer = json.loads(kept(ingredients, lambda: renderer()(source, options).encode()))
    if "error" in answer:
        # pele counts lines within the fence; the report names the line of the file instead.
        message = re.sub(r"^(?:Parse|Lexical) error on line \d+[:.]", "it does not parse:", answer["error"])
        raise DiagramError(message, answer["line"], answer["unsupported"])
    # A picture is one image to a screen reader; one with links is a group, so that they stay reachable.
    role = "group" if answer["links"] else "img"
    svg = re.sub(r' role="[^"]*"', f' role="{role}"', answer["svg"], count=1)
    return short(re.sub(r' aria-roledescription="[^"]*"', "", svg, count=1)), answer["links"]


def options_of(source: str, id_prefix: str) -> str:
    """Return the options for drawing a diagram as JSON: the first to try, and others for what comes out wide."""
    usual = OPTIONS | {"idPrefix": id_prefix}
    if OWN_WIDTH.search(source):
        return json.dumps([usual])
    if not FLOWCHART.search(source):
        return json.dumps([usual | NARROW])  # changes nothing that is not wide
    flowcharts = ({"config": {"flowchart": {"wrappingWidth": width, "nodeSpacing": 16}}} for width in WRAPS)
    return json.dumps([usual, *(usual | NARROW | flowchart for flowchart in flowcharts)])


def short(svg: str) -> str:
    """Return a picture in fewer bytes: no names for scripts, coordinates in halves of a pixel, paths in steps.

    Nearly all its words are centered, which its root then says for them.
    """
    svg = re.sub(r' data-id="[^"]*"| class="(?:pele-[^"]*|clickable)"| xml:space="preserve"', "", svg)
    svg = re.sub(r"<text\b(?![^>]* text-anchor=)", '<text text-anchor="start"', svg)
    svg = re.sub(r"<svg\b", '<svg text-anchor="middle"', svg.replace(' text-anchor="middle"', ""), count=1)
    svg = GEOMETRY.sub(lambda values: re.sub(r"-?\d+\.\d+", half, values[0]), svg)
    return re.sub(r'(?<= d=")[^"]*', lambda path: in_steps(path[0]), svg)


def half(number: re.Match) -> str:
    """Return a number rounded to halves: "12.75" gives "13", "-0.3" gives "-0.5"."""
    return f"{round(2 * float(number[0])) / 2:g}"


def in_steps(path: str) -> str:
    """Return a path with each point counted from the one before: "M1,2L1,5L4,9Z" gives "m1,2v3l3,4z".

    Equal parts of a picture then read the same wherever they stand, so they compress. A path with a command that is
    not in POINTS, as an arc, stays as it is.
    """
    steps, x, y, start = "", 0.0, 0.0, (0.0, 0.0)
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        command = command.lower() if command.isupper() else ""
        if command == "z":
            steps, (x, y) = steps + "z", start
            continue
        if len(numbers) != 2 * POINTS.get(command, 0):
            return path
        moves = [number - (y if index % 2 else x) for index, number in enumerate(numbers)]
        x, y = numbers[-2:]
        if command == "m":
            start = x, y
        if command == "l" and 0 in moves:
            command, moves = ("h", moves[:1]) if not moves[1] else ("v", moves[1:])
        steps += command + ",".join(f"{move:g}" for move in moves).replace(",-", "-")
    return steps


def in_page(svg: str) -> str:
    """Return a picture without what site.css says of all of them, and with its width, which site.css reckons with."""
    return ROOT_STYLE.sub(r'\1 style="--w:\g<width>px"', svg, count=1)


# What draws a source with the options of `options_of`. Without a type the first word is a slip: no kind that Mermaid has.
DRAWING = """
    (source, json) => {
      const [first, narrow, ...wider] = JSON.parse(json);
      try {
        let drawn = pele.render(source, first);
        if (narrow && drawn.width > narrow.maxWidth) {
          const narrowest = pele.render(source, narrow);
          if (narrowest.width < drawn.width) drawn = narrowest;
          for (const options of narrowest.width < 0.9 * narrow.maxWidth ? wider : []) {
            const other = pele.render(source, options);
            if (other.width <= narrow.maxWidth) { drawn = other; break; }
          }
        }
        return JSON.stringify({ svg: drawn.svg, links: drawn.links.map(link => link.href) });
      } catch (error) {
        return JSON.stringify({ error: error.message, line: error.line || null,
                                unsupported: error.code === "unsupported-diagram" && error.type !== null });
      }
    }"""


@cache
def version() -> str:
    """Return pele's version."""
    if not PELE.is_file():
        raise FileNotFoundError(f"{PELE} is missing; run `npm ci` (the make targets do)")
    return json.loads((MODULES / "pele" / "package.json").read_text(encoding="utf-8"))["version"]


@cache
def renderer():
    """Load pele into an embedded JavaScript engine, once a process, and return its drawing function."""
    engine = quickjs.Context()
    engine.eval(PELE.read_text(encoding="utf-8"))
    return engine.eval(DRAWING)


def resolve_links(svg: str, links: list[str], md: Markdown) -> str:
    """Turn the `.md` targets of a picture's links into the addresses of those pages.

    As `xlink:href`: the theme's instant navigation rewrites every `href`, which an SVG link forbids. The role says to
    whoever knows only `href` that these are links.
    """
    if place := place_of(md):
        for link in set(links):
            url = place.address(link)
            svg = svg.replace(f'<a href="{escape(link)}"', f'<a role="link" xlink:href="{escape(url)}"')
    return svg


def figure(picture: str, title: str, caption: str) -> str:
    """Wrap a picture for the page: it scrolls in its own box; only the caption is indexed for search."""
    return (
        '<figure class="diagram">'
        f'<div class="diagram-box" role="region" aria-label="{escape(title)}" tabindex="0" data-search-exclude>'
        f"{picture}</div><figcaption>{escape(caption)}</figcaption></figure>"
    )


def for_browser(source: str) -> str:
    """Return what mkdocs-mermaid2-plugin draws in the reader's browser."""
    return f'<div class="mermaid">{escape(source)}</div>'
