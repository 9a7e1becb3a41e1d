"""Gathers the callouts of all pages (traps, questions, scenarios, rules for choosing) into index pages.

`Callouts` is a Markdown extension: it gives each callout of a page an anchor and says what is wrong with it.
The kinds are its setting in mkdocs.yml, the only place that names them: icon and color come from there too
(`on_config` hands the icons to the theme, overrides/main.html the colors to the style sheets).

`fence` is the superfences format of ```callouts, by which an index page asks for a kind; it leaves a
placeholder. Once all pages are converted, `on_env` reads their callouts and fills the placeholders. It stands
before hooks/backlinks.py and hooks/mistakes.py in mkdocs.yml, so that no page has its backlinks yet and the
anchors made here are checked. Later hooks get the callouts of the build from `gathered`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import escape
from itertools import groupby
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import yaml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import render_inner_html, slugify_unicode
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url

from hooks import markup
from hooks.authoring import decoded, line_of, loud, report, shown, source_of
from hooks.mistakes import resolved

NAME = "hooks.callouts"  # of the extension, and of its settings
OUTLINES = "scenarios/"  # where the worked outlines of interview problems stand
OPENER = re.compile(r'(?:!!!|\?\?\?\+?) ?(?P<words>[\w -]*?)(?: *"(?P<title>.*)")? *')
NOT_QUITE = re.compile(r'^ *(?:!!!|\?\?\?\+?) ?[\w"].*', re.M)
HEADING = re.compile("h[1-6]")
# Attributes that name ids of the same page, and those that hold an address.
ID_REFERENCES = frozenset("aria-controls aria-describedby aria-details aria-labelledby for headers".split())
ADDRESSES = frozenset("data href poster src xlink:href".split())
GATHERED = "callouts"  # where the callouts of a build are kept


@dataclass(frozen=True)
class Callout:
    """A callout where it stands: on the page `page` at `url`, in the section `section` of that page."""

    kind: str  # as in mkdocs.yml: "trap"
    id: str  # its anchor on its page
    title: str  # HTML
    body: str  # HTML, with links as they are on its page
    url: str  # from the root of the site: "technologies/redis/"
    page: str  # title of the page
    part: str  # title of the part of the navigation that holds the page, or ""
    section: str = ""  # words of the nearest heading above; "" below the title of the page

    @property
    def key(self) -> str:
        """A name that no other callout of the site has, fit for an id; it lasts as long as page and id do."""
        return f"{slug_of(self.url)}-{self.id}"

    @property
    def address(self) -> str:
        """Where it stands, from the root of the site."""
        return f"{self.url}#{self.id}"


def slug_of(url: str) -> str:
    """Return the address of a page as one word: "technologies/redis/", in a copy for the disk with .html, as "technologies-redis"."""
    return url.removesuffix(".html").strip("/").replace("/", "-")


# --- events ---

pages = []  # the pages of this build in the order of the navigation; set by on_nav


def on_config(config, **_):
    """Hand the icons of the kinds to the theme, which turns them into style."""
    path, kinds = shown(config.config_file_path), kinds_of(config)
    for kind in [kind for kind, look in kinds.items() if "icon" not in look]:
        report(path, line_of(path, f"{kind}:"), f'the kind of callout "{kind}" has no icon', "write icon: material/...")
    icons = config.theme["icon"] = dict(config.theme.get("icon") or {})
    icons["admonition"] = (icons.get("admonition") or {}) | {kind: look["icon"] for kind, look in kinds.items() if "icon" in look}
    return config


def on_nav(nav, **_) -> None:
    """Note the pages of this build."""
    global pages
    pages = nav.pages


def on_env(env, *, config, **_):
    """Read the callouts of all pages, then fill the placeholders of the index pages."""
    kinds = kinds_of(config)
    found = [callout for page in pages for callout in read_page(page, kinds)]
    config.extra[GATHERED] = found
    by_url = {page.url: page for page in pages}
    for page in pages:
        fill(page, found, by_url)
    return env


def gathered(config) -> list[Callout]:
    """Return the callouts of this build in the order of the navigation; from `on_env` on, for the hooks that follow."""
    return config.extra[GATHERED]


def kinds_of(config) -> dict[str, dict]:
    """Return the kinds of callouts that mkdocs.yml names, each with its look."""
    return config.mdx_configs[NAME]["kinds"]


# --- anchors, and what is wrong with a callout ---


class Callouts(Extension):
    """Registers the processor: after anchors of headings (5), before cross-links (3), which see finished titles."""

    def __init__(self, **settings):
        self.config = {"kinds": [{}, "Kinds of callouts: name, look (icon, color), and what search finds (searched: title; else all)"]}
        super().__init__(**settings)

    def extendMarkdown(self, md):
        md.treeprocessors.register(Anchors(md, self.getConfig("kinds")), "callouts", 4)


class Anchors(Treeprocessor):
    """Gives each callout its anchor: the word behind its kind, or kind and title."""

    def __init__(self, md: Markdown, kinds: dict):
        super().__init__(md)
        self.kinds = kinds

    def run(self, root):
        taken = {element.get("id") for element in root.iter() if element.get("id")}
        seen: Counter = Counter()
        for element in root.iter():
            if words := words_of(element):
                title = title_of(element, self.md)
                seen[" ".join(words), title] += 1
                line = Line(self.md, words, title, seen[" ".join(words), title])
                self.check(element, words, title, line)
                if words[0] in self.kinds:
                    self.set_anchor(element, words, title, taken, line)
            elif element.tag in ("p", "li") and (found := NOT_QUITE.search(element.text or "")):
                path, text = source_of(self.md), found[0].strip()
                instead = 'write !!! trap "Title" or ??? question "Title", and the text below it, indented by four spaces'
                report(path, line_of(path, text), f"{text} begins no callout", instead)

    def check(self, element: Element, words: list[str], title: str, line: "Line") -> None:
        """Report an unknown kind, a missing title and a missing text."""
        kind = words[0]
        if kind not in self.kinds:
            if line.number:  # else it is <details> in HTML
                near = get_close_matches(kind, self.kinds, n=1)
                instead = f"did you mean {near[0]}?" if near else f"write one of {', '.join(self.kinds)}, or add it in mkdocs.yml"
                report(line.path, line.number, f'no kind of callout is called "{kind}"', instead)
        elif not title or title == kind.capitalize() or len(words) > 2:
            report(line.path, line.number, f"a {kind} without a title", 'write one in quotes: "Title"')
        elif len(element) == 1:
            what = "answer" if kind == "question" else "text"
            report(line.path, line.number, f'the {kind} "{title}" has no {what}', "write it below, indented by four spaces")

    def set_anchor(self, element: Element, words: list[str], title: str, taken: set[str], line: "Line") -> None:
        """Give a callout its anchor, and another one if something on the page has that already."""
        anchor = words[1] if len(words) == 2 else slugify_unicode(f"{words[0]} {title}", "-")
        if anchor in taken:
            example = f'{"???" if element.tag == "details" else "!!!"} {words[0]} another-id "{title}"'
            report(line.path, line.number, f'the anchor "{anchor}" stands twice', f"give this one its own: {example}")
            anchor = f"{anchor}-{line.occurrence}-again"
        taken.add(anchor)
        element.set("id", anchor)
        element.set("class", " ".join((["admonition"] if element.tag == "div" else []) + words[:1]))
        if self.kinds[words[0]].get("searched") == "title":
            for part in element[1:]:
                if not HTML_PLACEHOLDER_RE.fullmatch(part.text or ""):  # finished HTML, which must keep this <p> as it is
                    part.set("data-search-exclude", "")


@dataclass
class Line:
    """Where a callout begins, looked up only if it has a mistake: the n-th that opens with these words."""

    md: Markdown
    words: list[str]
    title: str
    occurrence: int

    @property
    def path(self) -> Path | None:
        """The file that is converted."""
        return source_of(self.md)

    @property
    def number(self) -> int | None:
        """The line, from 1, or None where the file has no such line."""
        if not self.path or not self.path.is_file():
            return None
        lines = decoded(self.path.read_bytes()).split("\n")
        openers = [(number, OPENER.fullmatch(line.strip())) for number, line in enumerate(lines, 1)]
        alike = [(number, opener) for number, opener in openers if opener and opener["words"].lower().split() == self.words]
        # Without quotation marks the kind is the title; two of them with nothing between make an empty one.
        same = [number for number, opener in alike if bare(self.words[0] if opener["title"] is None else opener["title"]) == bare(self.title)]
        return (same or [number for number, _ in alike] or [None] * self.occurrence)[: self.occurrence][-1]


def bare(title: str) -> list[str]:
    """Return the words of a title without marks, by which it is found in the Markdown."""
    return re.findall(r"\w+", title.lower())


def words_of(element: Element) -> list[str]:
    """Return the words behind !!! or ??? of a callout, none for another element."""
    classes = element.get("class", "").split()
    if element.tag == "details":
        return classes
    return classes[1:] if element.tag == "div" and classes[:1] == ["admonition"] else []


def title_of(element: Element, md: Markdown) -> str:
    """Return the words of the title of a callout, "" where it has none."""
    title = element[0] if len(element) and (element[0].tag == "summary" or element[0].get("class") == "admonition-title") else None
    if title is None:
        return ""
    plain = not len(title) and "\x02" not in (title.text or "")
    return (title.text or "") if plain else markup.text(render_inner_html(title, md))


def makeExtension(**settings):
    """The name by which mkdocs.yml loads this module: `hooks.callouts`."""
    return Callouts(**settings)


# --- reading ---


def read_page(page, kinds: Iterable[str]) -> Iterator[Callout]:
    """Yield the callouts of a converted page of MkDocs."""
    part = page.ancestors[-1].title if page.ancestors else ""
    for callout in read(page.content or "", kinds):
        yield Callout(**callout, url=page.url, page=page.title, part=part)


def read(html: str, kinds: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield what the HTML of a page says of each callout: kind, id, title, body and section."""
    if "<details" not in html and "admonition" not in html:
        return
    tags = markup.tags(html)
    section = ""
    for number, tag in enumerate(tags):
        if tag.attributes is None:
            continue
        if HEADING.fullmatch(tag.name) and "id" in tag.attributes:
            section = "" if tag.name == "h1" else words_of_heading(html, tags, number)
        elif kind := kind_of(tag, kinds):
            try:
                title, end = markup.closing(tags, number + 1), markup.closing(tags, number)
            except (ValueError, IndexError):
                continue  # nothing in it, or an element that is not closed: reported already
            yield {
                "kind": kind, "id": tag.attributes["id"], "section": section,
                "title": html[tags[number + 1].end : tags[title].start],
                "body": html[tags[title].end : tags[end].start].strip(),
            }  # fmt: skip


def kind_of(tag: markup.Tag, kinds: Iterable[str]) -> str | None:
    """Return the kind of the callout that a start tag begins, None if it begins none."""
    classes = tag.attributes.get("class", "").split()
    marked = tag.name == "details" or "admonition" in classes
    return next((kind for kind in kinds if marked and kind in classes and "id" in tag.attributes), None)


def words_of_heading(html: str, tags: Sequence[markup.Tag], number: int) -> str:
    """Return the words of the heading that tag `number` begins, without its permalink."""
    inside = tags[number + 1 : markup.closing(tags, number) + 1]
    end = next((tag for tag in inside if (tag.attributes or {}).get("class") == "headerlink"), inside[-1])
    return markup.text(html[tags[number].end : end.start])


# --- asking for a kind ---


@loud
def fence(source: str, language: str, css_class: str, options: dict, md: Markdown, **_) -> str:
    """Return the placeholder of a ```callouts fence, whose content is a kind or, in YAML, a `Request`.

    Where nothing fills it, it says where the callouts stand.
    """
    path = source_of(md)
    line = line_of(path, source)
    try:
        request = request_of(source, md.treeprocessors["callouts"].kinds)
    except ValueError as error:
        wrong, instead = error.args
        report(path, line, wrong, instead)
        return f'<p class="callouts-error">{escape(wrong)}</p>'
    asked = escape(json.dumps(vars(request) | {"line": line}))
    return (
        f'<div class="callouts-here" data-callouts="{asked}"><p>This list is gathered while MkDocs builds the site. Where it '
        f"is missing, look at the page of a topic: each has its callouts of the kind {request.kind}.</p></div>"
    )


@dataclass
class Request:
    """What an index page asks for.

    `folded` shows of each callout only the title until it is asked for. `problems` groups scenarios by the
    words before the colon of their titles instead of by page: each problem with its other names; what the
    title shares with no other one stands under the heading `rest`.
    """

    kind: str
    folded: bool = False
    problems: dict[str, list[str]] | None = None
    rest: str = "Other problems"


def request_of(source: str, kinds: Iterable[str]) -> Request:
    """Return what a fence asks for; raise ValueError with what is wrong and what to write instead."""
    try:
        asked = yaml.safe_load(source)
    except yaml.YAMLError:
        raise ValueError("this ```callouts fence is not YAML", "see CONTRIBUTING.md, Callouts") from None
    except ValueError as error:
        raise ValueError(f"there is no such date: {error}", "put it in quotation marks") from None
    asked = asked if isinstance(asked, dict) else {"kind": asked}
    known = Request.__dataclass_fields__
    for name in asked:
        if name not in known:
            raise ValueError(f'a ```callouts fence has no option "{name}"', f"write {', '.join(known)}")
    kind = str(asked.get("kind") or "")
    if kind not in kinds:
        near = get_close_matches(kind, kinds, n=1)
        raise ValueError(
            f'no kind of callout is called "{kind}"',
            f"did you mean {near[0]}?" if near else f"write one of {', '.join(kinds)}, or add it in mkdocs.yml",
        )
    if not isinstance(asked.get("folded", False), bool):
        raise ValueError("folded of a ```callouts fence is neither true nor false", "write folded: true, or leave it out")
    if not isinstance(asked.get("rest", ""), str):
        raise ValueError("the rest of a ```callouts fence is no heading", 'write rest: "More problems", or leave it out')
    problems = asked.get("problems")
    if problems is not None:
        if not isinstance(problems, dict) or not all(isinstance(others, list | None) for others in problems.values()):
            raise ValueError("the problems of a ```callouts fence are no names with other names", "write Problem: [Other name], or Problem: []")
        asked["problems"] = {str(name): [str(other) for other in others or ()] for name, others in problems.items()}
    return Request(**asked)


# --- filling ---


@dataclass
class Group:
    """Callouts under a heading of an index page: `title` and `lead` are HTML."""

    title: str
    anchor: str
    lead: str = ""
    callouts: list[Callout] = field(default_factory=list)
    groups: list["Group"] = field(default_factory=list)


def fill(page, found: list[Callout], others: dict) -> None:
    """Replace the placeholders of a page by the callouts they ask for, and add their headings to its contents.

    `others` are the pages of the site by URL.
    """
    html = page.content or ""
    if "callouts-here" not in html:
        return
    tags = markup.tags(html)
    places = [number for number, tag in enumerate(tags) if (tag.attributes or {}).get("class") == "callouts-here"]
    for number in reversed(places):  # from the end, so that the places before stay where they are
        asked = json.loads(tags[number].attributes["data-callouts"])
        line = asked.pop("line")
        request = Request(**asked)
        callouts = [callout for callout in found if callout.kind == request.kind]
        if request.problems is None:
            # The first list has the plain anchors, which stay when another one follows.
            groups = by_page(callouts, "in" if number == places[0] else f"{request.kind}-in")
        else:
            check_problems(request, callouts, page, line)
            groups = by_problem(callouts, request, page.url, others)
        above = [tag for tag in tags[:number] if tag.attributes and HEADING.fullmatch(tag.name)]
        level = int(above[-1].name[1]) + 1 if above else 2
        filled = "".join(section_of(group, level, page.url, request.folded) for group in groups)
        end = tags[markup.closing(tags, number)].end
        html = f'{html[: tags[number].start]}<div class="gathered">{filled}</div>{html[end:]}'
        parent = entry_of(above[-1].attributes.get("id"), page.toc.items) if above else None
        (parent.children if parent else page.toc.items)[:0] = [link_to(group, level) for group in groups]
    page.content = html


def by_page(callouts: list[Callout], mark: str) -> list[Group]:
    """Return callouts by part and page, in their order; a page outside any part stands beside the parts.

    The anchors of the groups begin with `mark`.
    """
    groups = []
    for part, in_part in groupby(callouts, lambda callout: callout.part):
        on_pages = [list(on_page) for _, on_page in groupby(in_part, lambda callout: callout.url)]
        inner = [Group(escape(those[0].page), f"{mark}-{slug_of(those[0].url)}", callouts=those) for those in on_pages]
        groups += [Group(escape(part), f"{mark}-{slugify_unicode(part, '-')}", groups=inner)] if part else inner
    return groups


def by_problem(callouts: list[Callout], request: Request, url: str, others: dict) -> list[Group]:
    """Return scenarios by problem for the page at `url`, each with its outline and the pages it exercises.

    First the problems that the request names, in its order, then others that several scenarios share.
    """
    names = {name.casefold(): problem for problem, more in request.problems.items() for name in (problem, *more)}
    found: dict[str, list[Callout]] = {problem: [] for problem in request.problems}
    for callout in callouts:
        name = problem_of(callout)
        found.setdefault(names.get(name.casefold(), name), []).append(callout)
    outlines = {PurePosixPath(address).stem: page for address, page in others.items() if address.startswith(OUTLINES)}
    groups, rest = [], []
    for problem, those in found.items():
        known_as = [problem, *request.problems.get(problem, ())]
        outline = next((outlines[slug] for name in known_as if (slug := slugify_unicode(name, "-")) in outlines), None)
        if outline or len(those) > 1 or (those and problem in request.problems):
            groups.append(Group(escape(problem), slugify_unicode(problem, "-"), lead(those, outline, url), those))
        else:
            rest += those
    return [*groups, Group(escape(request.rest), slugify_unicode(request.rest, "-"), callouts=rest)] if rest else groups


def problem_of(callout: Callout) -> str:
    """Return what the title of a scenario has before its colon, or the whole of it."""
    return markup.text(callout.title).partition(":")[0].strip()


def lead(callouts: list[Callout], outline, url: str) -> str:
    """Return the line below a problem: its worked outline (a page, or None) and the pages it exercises."""
    sentences = []
    if outline:
        sentences.append(f"Worked outline: {link_between(outline.url, outline.title, url)}.")
    exercised = {callout.url: callout.page for callout in callouts if not outline or callout.url != outline.url}
    if exercised:
        sentences.append(f"Exercises {', '.join(link_between(address, title, url) for address, title in exercised.items())}.")
    return f'<p class="exercised">{" ".join(sentences)}</p>'


def check_problems(request: Request, callouts: list[Callout], page, line: int | None) -> None:
    """Report the names that no scenario begins with."""
    present = {problem_of(callout).casefold(): problem_of(callout) for callout in callouts}
    for problem, more in request.problems.items():
        for name in more:
            if name.casefold() not in present:
                path = shown(page.file.abs_src_path)
                near = get_close_matches(name.casefold(), present, n=1)
                remedy = f"did you mean {present[near[0]]}?" if near else f'delete it from the names of "{problem}"'
                report(path, line_of(path, name) or line, f'the title of no {request.kind} begins with "{name}"', remedy)


def section_of(group: Group, level: int, url: str, folded: bool) -> str:
    """Return a group for the page at `url`: heading, lead, entries, and the groups within."""
    anchor = escape(group.anchor)
    permalink = f'<a class="headerlink" href="#{anchor}" aria-label="Link to this section">&para;</a>'
    inner = "".join(section_of(part, level + 1, url, folded) for part in group.groups)
    entries = "\n".join(entry(callout, url, folded) for callout in group.callouts)
    # Left out of the search index: there it would answer for the places it repeats.
    return f'\n<h{level} id="{anchor}" data-search-exclude>{group.title}{permalink}</h{level}>\n{group.lead}{entries}{inner}'


def entry(callout: Callout, url: str, folded: bool) -> str:
    """Return a callout for the page at `url`, its id the key of the callout, ending with the way back.

    Its class tells hooks/mistakes.py that what is wrong inside is reported where the callout stands.
    """
    address, mark = rebase(callout.url, url), f"{callout.key}-"
    title, body = (moved(html, address, mark) for html in (callout.title, callout.body))
    where = f"{callout.page}: {callout.section}" if callout.section else callout.page
    inner = f'{body}\n<p class="whence">{link_between(callout.address, where, url)}</p>'
    if folded:
        box = f'<details class="{callout.kind}" id="{callout.key}"><summary>{title}</summary>\n{inner}</details>'
    else:
        box = f'<div class="admonition {callout.kind}" id="{callout.key}"><p class="admonition-title">{title}</p>\n{inner}</div>'
    return f'<article class="callout">{box}</article>'


def link_between(address: str, words: str, url: str) -> str:
    """Return a link from the page at `url` to an address from the root of the site."""
    page, hash_, anchor = address.partition("#")
    return f'<a href="{escape(get_relative_url(page, url) + hash_ + anchor)}">{escape(words)}</a>'


def rebase(url: str, target: str) -> Callable[[str], str]:
    """Return a function that takes an address as the page at `url` has it, and returns it for the page at `target`."""

    def rebased(address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            return address
        return parts._replace(path=get_relative_url(resolved(url, parts.path), target)).geturl()

    return rebased


def moved(html: str, address: Callable[[str], str], mark: str) -> str:
    """Return a piece of a page as it has to stand on another one.

    Each link goes through `address`, each id gets `mark` in front, and what refers to an id inside the piece
    goes along. References to footnotes lead to the page that has them.
    """
    own = {tag.attributes["id"] for tag in markup.tags(html) if tag.attributes and "id" in tag.attributes}

    def change(tag: markup.Tag) -> dict[str, str]:
        return {name: new for name, value in tag.attributes.items() if (new := changed(name, value)) != value}

    def changed(name: str, value: str) -> str:
        if name == "id":
            return mark + value
        if name in ID_REFERENCES:
            return " ".join(mark + word if word in own else word for word in value.split())
        if name in ADDRESSES:
            return f"#{mark}{value[1:]}" if value[:1] == "#" and value[1:] in own else address(value)
        if name == "class" and value == "footnote-ref":
            return "cited"
        if "url(#" in value:
            return re.sub(r"url\(#([^)]*)\)", lambda found: f"url(#{mark}{found[1]})" if found[1] in own else found[0], value)
        return value

    return markup.rewritten(html, change)


def link_to(group: Group, level: int) -> AnchorLink:
    """Return the entry of a group in a table of contents, with those of the groups within."""
    entry = AnchorLink(group.title, group.anchor, level)
    entry.children = [link_to(inner, level + 1) for inner in group.groups]
    return entry


def entry_of(anchor: str, links: list[AnchorLink]) -> AnchorLink | None:
    """Return the entry of an anchor in a table of contents."""
    for entry in links:
        if found := entry if entry.id == anchor else entry_of(anchor, entry.children):
            return found
    return None
