"""Leaves out of the built site what no reader needs: rules of style sheets, spaces, comments.

Runs on each page, with the scripts in it, as it is written (`on_post_page`) and on the files of style and scripts when
all is written (`on_post_build`), so that a first visit fetches a fifth less. Nothing looks or works otherwise; tests/test_unused.py
compares.

The theme's style sheets hold everything that Material can do, of which a site uses a third. A rule stays if each
class, id, element and attribute that its selector names, outside of parentheses, stands in a tag of some page or is a
word of a script, since scripts add elements while the page is read. Then the custom properties and animations go that
no rule which stayed refers to, such as the icons of admonitions that the site does not have. Files keep their names;
order, specificity and values stay as they were.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import tinycss2
from mkdocs.plugins import event_priority
from rjsmin import jsmin
from tinycss2.ast import Node

VERBATIM = re.compile(r"""(<(pre|textarea|script|style|div(?= class="mermaid"))\b.*?</\2>)""", re.S)  # where spaces mean something
SCRIPT = re.compile(r"(<script>)(.*?)(?=</script>)", re.S)  # which stands in the page; data has a type
PLAIN = re.compile(r'<span class="[wn]">([^<>]*)</span>')  # spaces and names in code, which have its own color
TAG = re.compile(r'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*')
PROSE = re.compile(r'\s(?:title|content|alt|aria-label|href|data-source)="[^"]*"')  # attributes that no selector looks into
# Features of the theme that a page would show in its tags, though its script has their classes, or words like them; and
# those that the site has its own of: the choice of colors, hints.
OFF = (
    "data-md-color-switching", "example", "failure", "md-annotation", "md-consent", "md-source", "md-status", "md-tag",
    "md-toggle--indeterminate", "md-tooltip", "md-version", "success", "tabbed-",
)  # fmt: skip
GROUPS = {"media", "supports", "layer", "container"}  # at-rules that hold rules


class Rule(NamedTuple):
    """A rule: each selector with the names it needs, each declaration with the custom property it sets, if it does."""

    selectors: tuple[tuple[str, frozenset[str]], ...]
    declarations: tuple[tuple[str, str], ...]

    def text(self, names: frozenset[str], properties: frozenset[str]) -> str:
        """Return what of it is used, "" if nothing is."""
        selectors = [selector for selector, needed in self.selectors if needed <= names]
        declarations = [text for text, name in self.declarations if not name or name in properties]
        return f"{','.join(selectors)}{{{';'.join(declarations)}}}" if selectors and declarations else ""


class Group(NamedTuple):
    """An at-rule with what it holds: rules, in @media and the like, or else text that needs a name, as in @keyframes."""

    head: str
    rules: tuple = ()
    body: str = ""
    needed: str = ""

    def text(self, names: frozenset[str], properties: frozenset[str]) -> str:
        """Return what of it is used, "" if nothing is."""
        if self.needed and self.needed not in properties:
            return ""
        body = self.body or "".join(rule.text(names, properties) for rule in self.rules)
        return f"{self.head}{{{body}}}" if body else ""


class Other(NamedTuple):
    """A rule that stays as it is, as @page."""

    css: str

    def text(self, *_) -> str:
        return self.css


@event_priority(-100)  # when others have added theirs
def on_post_page(output: str, **_) -> str:
    """Return the page as short as it can be without a difference to its reader."""
    return without_spaces(PLAIN.sub(r"\1", SCRIPT.sub(lambda script: script[1] + shortened(script[2]), output)))


@event_priority(-100)
def on_post_template(output: str, *, template_name: str, **_) -> str:
    """Do the same in what is no page of the navigation, such as 404.html: each page's policy has the scripts of all."""
    return on_post_page(output) if template_name.endswith(".html") else output


@event_priority(-100)
def on_post_build(config, **_) -> None:
    """Shorten style sheets and own scripts, and remove the theme's maps of its style sheets, which no longer fit."""
    site = Path(config.site_dir)
    scripts = {path: path.read_text(encoding="utf-8") for path in sorted(site.glob("assets/javascripts/*.js"))}
    sheets = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.css"))}
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    for path, text in zip(sheets, prune(list(sheets.values()), pages, list(scripts.values())), strict=True):
        path.write_text(text, encoding="utf-8")
    for path, text in scripts.items():
        if ".min." not in path.name:
            path.write_text(shortened(text), encoding="utf-8")
    for path in site.glob("assets/stylesheets/*.css.map"):
        path.unlink()


shortened = lru_cache(maxsize=128)(jsmin)  # of scripts: those in the pages are the same on most


def without_spaces(html: str) -> str:
    """Return HTML with a line break in place of each run of spaces that holds one, outside of VERBATIM."""
    parts = VERBATIM.split(html)  # text, an element of VERBATIM, its name, text, ...
    parts[::3] = map(without_empty_lines, parts[::3])
    del parts[2::3]
    return "".join(parts).lstrip()


def without_empty_lines(text: str) -> str:
    """Return text with a line break in place of each run of spaces that holds one; a pattern takes three times as long."""
    first, *others = text.split("\n")
    if not others:
        return text
    *inner, last = others
    return "\n".join([first.rstrip(), *filter(None, map(str.strip, inner)), last.lstrip()])


def prune(sheets: list[str], pages: list[str], scripts: list[str]) -> list[str]:
    """Return style sheets without the rules, custom properties and animations that neither pages nor scripts use."""
    tags = {PROSE.sub("", tag) for tag in {tag for page in pages for tag in TAG.findall(page)}}
    code = [*scripts, *{text for page in pages for text in re.findall(r"(?s)<(?:script|style)\b[^>]*>(.*?)</", page)}]
    directions = {f"dir={value}" for tag in tags for value in re.findall(r"\sdir=\W?(\w+)", tag)}
    names = words(tags) | {word for word in words(code) if not word.startswith(OFF)} | directions
    rules = [parsed(sheet) for sheet in sheets]
    properties, pruned = None, sheets
    while properties != (properties := referred(pruned, [*code, *tags])):
        # What only a rule refers to that goes now is found unused the next time.
        pruned = ["".join(rule.text(names, properties) for rule in sheet) for sheet in rules]
    return pruned


def words(texts: Iterable[str]) -> frozenset[str]:
    """Return everything in the texts that could be the name of a class, an id, an element or an attribute."""
    return frozenset(word for text in texts for word in re.findall(r"[\w-]+", text))


def referred(sheets: Iterable[str], others: Iterable[str]) -> frozenset[str]:
    """Return the custom properties and animations that style sheets refer to, and all that others name."""
    css = "".join(sheets)
    animations = words(re.findall(r"animation(?:-name)?:([^;}]*)", css))
    return animations | frozenset(re.findall(r"var\(\s*(--[\w-]+)", css) + re.findall(r"--[\w-]+", " ".join(others)))


@lru_cache(maxsize=64)  # a live preview parses again what an author changes, and only that
def parsed(css: str) -> tuple[Rule | Group | Other, ...]:
    """Return the rules of a style sheet."""
    return tuple(map(rule_of, tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)))


def rule_of(node: Node) -> Rule | Group | Other:
    """Return a rule with what its parts need."""
    if node.type == "qualified-rule":
        selectors = tuple((compact(part), needs(part)) for part in split(node.prelude, ","))
        declarations = filter(None, map(compact, split(node.content, ";")))
        return Rule(selectors, tuple((text, custom_property(text)) for text in declarations))
    head = f"@{node.at_keyword} {compact(node.prelude)}" if node.type == "at-rule" else ""
    if head and node.lower_at_keyword in GROUPS and node.content is not None:
        inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        return Group(head, rules=tuple(map(rule_of, inner)))
    if head and node.lower_at_keyword.endswith("keyframes"):
        return Group(head, body=compact(node.content), needed=compact(node.prelude))
    return Other(node.serialize())


def custom_property(declaration: str) -> str:
    """Return the name of the custom property that this declares, "" if it is none."""
    return declaration.partition(":")[0].strip() if declaration.startswith("--") else ""


def split(tokens: list[Node], separator: str) -> list[list[Node]]:
    """Return the parts of a list of tokens between separators."""
    parts = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def compact(tokens: list[Node]) -> str:
    """Return tokens as text without comments and without spaces around them."""
    return tinycss2.serialize([token for token in tokens if token.type != "comment"]).strip()


def needs(selector: list[Node]) -> frozenset[str]:
    """Return the names that a selector cannot do without. What stands in parentheses, as in :is(), is left open."""
    found, before = set(), ""
    for token in selector:
        if token.type == "hash" or token.type == "ident" and before != ":":
            found.add(token.value)
        elif token.type == "[] block":
            name, *value = [part.value for part in token.content if part.type in ("ident", "string")]
            # No script sets the direction; other values are looked for as words.
            found |= {f"dir={value[0]}"} if name == "dir" and value else words([name, *value])
        before = token.value if token.type == "literal" else ""
    return frozenset(found)
