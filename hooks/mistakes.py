"""Finds an author's mistakes in the finished pages and says where they are and what to write instead.

Runs when navigation is known (`on_nav`) and once all pages are converted (`on_env`), on what the reader
gets rather than on the Markdown: links and anchors that lead nowhere, anchors that stand twice, pages
outside the navigation and entries of it without a page, and scripts and anything fetched from another
host in a page or an SVG file. Each is a warning, so a strict build fails after listing them all.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from hooks.authoring import decoded, line_of, report, shown

XLINK = "{http://www.w3.org/1999/xlink}"
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Attributes by which a page makes the browser fetch something; a link in <a> fetches nothing.
FETCHING = ("src", "srcset", "data", "poster", "background")
REMOTE = re.compile(r"(?i)^\s*(?:https?:)?//")
SCRIPT = re.compile(r"(?i)^\s*javascript:")
PAGES = ("", ".md", ".html")  # how addresses end that are meant for pages
FOLLOWED = ("", "http", "https", "mailto", "tel")  # schemes of addresses; "" is that of the page
REMOTE_STYLE = re.compile(r"(?i)(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//[^'\")\s]*")


@dataclass
class Contents:
    """What one converted page holds: anchors, links, headings and addresses it fetches."""

    anchors: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # and the addresses of pictures
    nameless: list[str] = field(default_factory=list)  # pictures without a text alternative
    headings: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    def read(self, tag: str, attributes: dict[str, str], text: str) -> None:
        """Note what one element holds."""
        if "id" in attributes:
            self.anchors.append(attributes["id"])
            if tag in HEADINGS:
                self.headings.append(attributes["id"])
        addresses = [attributes[name] for name in ("href", "xlink:href") if name in attributes]
        if tag != "a":
            self.fetched += filter(REMOTE.match, addresses)
        elif attributes.get("class") != "term":  # that one is checked where the glossary has it
            self.links += addresses
        if "data-comparisons" in attributes:  # of hooks/calculator.py, whose script makes links of them
            self.links += [comparison["page"] for comparison in json.loads(attributes["data-comparisons"])]
        if tag == "img" and not REMOTE.match(attributes.get("src", "")):
            self.links.append(attributes.get("src", ""))
        if tag == "img" and not attributes.get("alt", "").strip():
            self.nameless.append(attributes.get("src", ""))
        self.fetched += [attributes[name] for name in FETCHING if name in attributes and REMOTE.match(attributes[name])]
        self.fetched += REMOTE_STYLE.findall(text if tag == "style" else attributes.get("style", ""))
        self.scripts += [f"<{tag}"] * (tag == "script" and not REMOTE.match(attributes.get("src", "")))
        self.scripts += [name for name in attributes if name.startswith("on")]
        self.scripts += filter(SCRIPT.match, addresses)


def on_nav(nav, *, config, files, **_):
    """Report pages that the navigation does not name, unless under not_in_nav, and entries of it that do not exist."""
    settings = shown(config.config_file_path)
    sources = sorted(file.src_uri for file in files.documentation_pages())
    for entry in links_in(nav.items):
        address = urlsplit(entry.url)
        if not (address.scheme or address.netloc):
            report(settings, line_of(settings, entry.url), f'the navigation names "{entry.url}", which does not exist', nearest(entry.url, sources))
    named = Counter(page.file.src_uri for page in nav.pages)
    for uri in (uri for uri, times in named.items() if times > 1):
        report(settings, line_of(settings, uri), f'the navigation names "{uri}" twice', "keep one of the two")
    for file in files.documentation_pages():
        if file.src_uri not in named and not file.inclusion.is_not_in_nav():
            report(
                shown(file.abs_src_path), 1, "no reader finds this page: it is not in the navigation",
                f'add "{file.src_uri}" under nav: in mkdocs.yml, or under not_in_nav: if that is meant',
            )  # fmt: skip


def links_in(items: Iterable) -> Iterator:
    """Yield the entries of the navigation that are no pages."""
    for item in items:
        yield from links_in(item.children or ())
        if item.is_link:
            yield item


def nearest(name: str, names: Iterable[str], otherwise: str = "link to the .md file of a page, or to a file under docs/") -> str:
    """Return what to write instead of the address `name`, given those that exist; `otherwise` if none is like it."""
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    return f"did you mean {near[0]}?" if near else otherwise


def on_env(env, *, config, files, **_):
    """Check every converted page, then the links between them."""
    pages = {file.page.url: file.page for file in files.documentation_pages() if file.page}
    contents = {url: contents_of(page.content or "") for url, page in pages.items()}
    assets = {unquote(file.url): file for file in files if file.inclusion.is_included()}
    titles: dict = {}  # the first page of each
    for url, page in pages.items():
        path = shown(page.file.abs_src_path)
        check_anchors(path, contents[url])
        check_harmless(path, contents[url])
        check_own_files(path, page.meta, assets)
        for link in dict.fromkeys(contents[url].links):
            check_link(path, url, link, pages, contents, assets)
        for picture in map(posixpath.basename, contents[url].nameless):
            report(path, line_of(path, f"{picture})") or line_of(path, picture), f"{picture} has no text for those who cannot see it", "write ![what it shows](...)")
        if (other := titles.setdefault(str(page.title), page)) is not page:
            report(path, line_of(path, "title:"), f'docs/{other.file.src_uri} has the title "{page.title}" too', "tell the two apart")
    for file in files.media_files():
        if file.src_uri.endswith(".svg") and file.abs_src_path:
            check_picture(Path(file.abs_src_path))
    return env


@lru_cache(maxsize=1 << 10)  # a live preview reads again what an author changes, and only that
def contents_of(html: str) -> Contents:
    """Return what a converted page holds."""
    contents = Contents()
    document = etree.HTML(f"<body>{html}")
    # What hooks/callouts.py gathered is checked where it stands.
    gathered = set(document.xpath("//article[@class='callout']//*"))
    for element in document.xpath("//*[@* or self::style or self::script]"):
        if element not in gathered:
            contents.read(element.tag, dict(element.items()), element.text or "")
        elif "id" in element.attrib:
            contents.anchors.append(element.get("id"))
    return contents


def check_harmless(path: Path, contents: Contents) -> None:
    """Report what a page or a picture would fetch from another host, and scripts in it."""
    for address in contents.fetched:
        report(
            path, line_of(path, address), f"it would fetch {address} from another host",
            "put the file under docs/assets/ and refer to it there, or make it a plain link",
        )  # fmt: skip
    for script in contents.scripts:
        report(path, line_of(path, script), f"it holds a script, {script}", "move it to a file of extra_javascript, or delete it")


def check_own_files(path: Path, meta: dict, assets: dict) -> None:
    """Report style sheets and scripts that a page names above its text and that do not exist."""
    for key, folder in (("styles", "assets/stylesheets/"), ("scripts", "assets/javascripts/")):
        names = meta.get(key) or []
        if not isinstance(names, list):
            report(path, line_of(path, f"{key}:"), f'"{names}" is no list of names', f"write {key}: [{names}]")
            continue
        for name in names:
            if f"{folder}{name}" not in assets:
                present = [url.removeprefix(folder) for url in assets if url.startswith(folder)]
                report(path, line_of(path, f"{key}:"), f'docs/{folder} has no "{name}"', nearest(str(name), present, "put it there"))


def check_picture(path: Path) -> None:
    """Report an SVG file that is broken, holds a script or would fetch something from another host."""
    contents = Contents()
    try:
        for element in etree.parse(path).iter(etree.Element):
            names = {name.replace(XLINK, "xlink:"): value for name, value in element.attrib.items()}
            contents.read(etree.QName(element).localname, names, element.text or "")
    except etree.XMLSyntaxError as error:
        report(shown(path), error.lineno, f"the picture is not SVG: {error.msg}", "export it again")
    check_harmless(shown(path), contents)


def check_anchors(path: Path, contents: Contents) -> None:
    """Report anchors that stand twice, also where the table of contents quietly numbered the second."""
    for anchor in [anchor for anchor, times in Counter(contents.anchors).items() if times > 1]:
        report(path, second_of(path, anchor), f'the anchor "{anchor}" stands twice', "rename one of them")
    for anchor in contents.headings:
        first = re.sub(r"_\d+$", "", anchor)
        if first != anchor and first in contents.headings:
            report(
                path, second_of(path, first), f'the anchor "{first}" of a heading stands twice, so links reach only one',
                "reword one, or give it an anchor of its own: ## Heading {#another-anchor}",
            )  # fmt: skip


def second_of(path: Path, anchor: str) -> int | None:
    """Return the second line that gives something the anchor `anchor`: as the words of a heading or written out."""
    words, written = anchor.split("-"), re.compile(rf"""\{{[^}}]*#{re.escape(anchor)}(?![\w-])|id=["']?{re.escape(anchor)}(?![\w-])""")
    lines = enumerate(decoded(path.read_bytes()).split("\n"), 1)
    found = [
        number
        for number, line in lines
        if written.search(line) or (line.startswith("#") and "{" not in line and re.findall(r"\w+", line.lower()) == words)
    ]
    return found[1] if len(found) > 1 else None


def check_link(path: Path, url: str, link: str, pages: dict, contents: dict, assets: dict) -> None:
    """Report a link whose page, file or anchor does not exist."""
    try:
        parts = urlsplit(link)
    except ValueError as error:
        report(path, line_of(path, link), f'"{link}" is no address: {error}', "write one that exists, or put it between backticks")
        return
    if parts.scheme or parts.netloc:
        if parts.scheme not in FOLLOWED and not SCRIPT.match(link):
            report(path, line_of(path, link), f'no reader can follow "{link}"', "write a relative link, or one to https://")
        return

    def line() -> int | None:  # looked for only when something is wrong: it takes longer than the check
        return line_of(path, f"({link}") or line_of(path, f'"{link}') or line_of(path, link)

    if parts.path.startswith("/"):
        report(path, line(), f'the link "{link}" breaks where the site is not at the root', "write it relative")
        return
    target = resolved(url, unquote(parts.path))
    if target in pages:
        anchors = contents[target].anchors
        if parts.fragment.startswith("fnref:") and target == url:
            check_footnote(path, parts.fragment, anchors)
        elif parts.fragment and unquote(parts.fragment) not in anchors:
            near = get_close_matches(parts.fragment, anchors, n=1)
            place = line_of(path, f"#{parts.fragment}") or line()
            name = pages[target].file.src_uri
            instead = f"did you mean #{near[0]}?" if near else "link to a heading that exists there"
            report(path, place, f'{name} has no anchor "#{parts.fragment}"', instead)
    elif target not in assets:
        suffix = posixpath.splitext(parts.path)[1]
        file = pages[url].file
        alike = (".md",) if suffix in PAGES else (suffix,)
        written = [other.src_uri for other in assets.values() if other.src_uri.endswith(alike) and other.src_dir == file.src_dir]
        relative = sorted(posixpath.relpath(uri, posixpath.dirname(file.src_uri)) for uri in written)
        report(path, line(), f'the link "{link}" leads nowhere', nearest(parts.path, relative))


def check_footnote(path: Path, back_reference: str, anchors: list[str]) -> None:
    """Report a footnote that nothing cites: its link back into the text has no target."""
    if back_reference not in anchors:
        name = back_reference.removeprefix("fnref:")
        report(path, line_of(path, f"[^{name}]:"), f"nothing cites the footnote [^{name}]", "cite it or delete it")


def resolved(url: str, path: str) -> str:
    """Return the address, within the site, that a relative `path` means on the page at `url`."""
    if not path:
        return url
    target = posixpath.normpath(posixpath.join("/", posixpath.dirname(url), path)).lstrip("/")
    return target + "/" if path.endswith(("/", ".", "..")) and target else target
