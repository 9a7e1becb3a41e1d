"""Says which page is being converted, whichever engine converts it: MkDocs, ProperDocs or Zensical.

No hook of its own: Markdown extensions and fences ask here while a page is converted. The first two engines
name the page in the tree processor that resolves relative links, Zensical in the preprocessor that holds its
context; asking there keeps the extensions free of events and of state.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from markdown import Markdown


@dataclass(frozen=True)
class Place:
    """The page at `uri`, a path from docs/ such as "technologies/kafka.md", and the site around it.

    `file` is its source, `docs` the folder of all sources. `exists` says whether the site has a file at a path
    from docs/; `address` gives the address that the page uses for a relative link to a source, `href` what an
    href of raw HTML must hold for it: Zensical resolves those by itself, later.
    """

    uri: str
    file: Path
    docs: Path
    site_url: str
    exists: Callable[[str], bool]
    address: Callable[[str], str]
    href: Callable[[str], str]


def place_of(md: Markdown) -> Place | None:
    """Return the place that `md` converts, or None outside these engines."""
    if "relpath" in md.treeprocessors:
        relpath = md.treeprocessors["relpath"]
        file, config = relpath.file, relpath.config
        return Place(
            uri=file.src_uri,
            file=Path(file.abs_src_path or file.src_uri),
            docs=Path(config.docs_dir),
            site_url=config.site_url or "",
            exists=relpath.files.src_uris.__contains__,
            address=relpath.path_to_url,
            href=relpath.path_to_url,
        )
    if "rendering_context" in md.preprocessors:
        context = md.preprocessors["rendering_context"]
        uri, docs = context.page.path, Path(context.config["docs_dir"]).absolute()
        return Place(
            uri=uri,
            file=docs / uri,
            docs=docs,
            site_url=context.config.get("site_url") or "",
            exists=lambda uri: (docs / uri).is_file(),
            address=lambda link: address(uri, link),
            href=str,
        )
    return None


def address(uri: str, link: str) -> str:
    """Return the address that the page `uri` uses for `link`: "b.md#c" on "a/x.md" gives "../b/#c"."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path.endswith(".md"):
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(uri), parts.path))
    path = posixpath.relpath(folder(target), folder(uri)) + "/"
    return parts._replace(path=path).geturl()


def folder(uri: str) -> str:
    """Return the folder a page is served from: "a/b.md" gives "a/b", "index.md" gives "."."""
    return posixpath.dirname(uri) or "." if posixpath.basename(uri) == "index.md" else uri.removesuffix(".md")
