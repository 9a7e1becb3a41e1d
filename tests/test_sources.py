"""Links to other sites, as far as can be told without a network, and files that do not belong in the repository.

Whether the addresses still answer is for the scheduled run.
"""

import re
import subprocess
from collections import defaultdict
from urllib.parse import parse_qsl, urlsplit

import pytest

from hooks.authoring import shown
from tests.conftest import DOCS, ROOT

FILES = sorted([*DOCS.rglob("*.md"), DOCS / "numbers.yml", ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
CODE = re.compile(r"(?ms)^(\s*)(`{3,}|~{3,}).*?^\s*\2`*\s*$|(`+)(?!`)[^\n]*?(?<!`)\3(?!`)")
# A Markdown link and its text, an address in angle brackets, a field of YAML, an attribute, or an address as it stands.
LINK = re.compile(
    r"\[(?P<title>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<link>[a-zA-Z][a-zA-Z0-9+.-]*:[^\n]*?)\)(?=[^)]|$)"
    r'|title: "(?P<name>[^"]*)", url: "(?P<url>[^"]*)"'
    r'|<(?P<bare>https?:[^>\n]*)>|(?:href|src)="(?P<attribute>[a-z]+:[^"]*)"'
)
TRACKING = re.compile(r"(?i)^(?:utm_.*|gclid|fbclid|msclkid|mc_[ce]id|igshid|ref_src|sc_channel|trk|si|s_kwcid)$")
SHORTENED = {"bit.ly", "goo.gl", "t.co", "tinyurl.com", "ow.ly", "buff.ly", "lnkd.in", "amzn.to", "youtu.be"}
NOT_PUBLIC = re.compile(r"^(?:localhost|.*\.(?:local|internal|test|invalid|localhost)|[\d.]+|\[.*\]|[^.]+)$")

MADE_BY_THE_BUILD = re.compile(
    r"^(?:site(?:[./-].*)?|\.venv/.*|node_modules/.*|.*/?__pycache__/.*|.*\.py[co]|\.pytest_cache/.*|\.hypothesis/.*"
    r"|\.cache/.*|.*\.egg-info/.*|docs/reference/cheat-sheet-.*\.pdf|docs/.*\.(?:apkg|html)|\.DS_Store|.*~|.*\.(?:log|tmp|orig|rej))$"
)


def links(text: str):
    """Yield line, address and title of each link to another site in Markdown or YAML, code left out."""
    text = CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
    for match in LINK.finditer(text):
        address = match["link"] or match["url"] or match["bare"] or match["attribute"]
        yield text.count("\n", 0, match.start()) + 1, address, match["title"] or match["name"]


def faults(address: str):
    """Yield what is wrong with an address."""
    if address.startswith("mailto:"):
        return
    if re.search(r"[\s<>\"{}|\\^`]", address):
        yield "has a character that an address cannot have; write it percent-encoded"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        yield f"is no address: {error}"
        return
    if parts.scheme != "https":
        yield "does not begin with https://"
    if NOT_PUBLIC.match(host):
        yield "leads to no public host"
    if host in SHORTENED:
        yield "is shortened; write where it leads"
    if parts.username:
        yield "holds a user name"
    if tracked := [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if TRACKING.match(name)]:
        yield f"tells who sent the reader; leave out {tracked[0]}"
    if ":~:" in parts.fragment:
        yield "marks text in some browsers only; leave out what stands behind #:~:"
    if re.search(r"[.,;:!?]$|//", address.partition("://")[2]):
        yield "has a sign too many"
    if not re.fullmatch(r"[a-z0-9.-]+(?::\d+)?", parts.netloc.rpartition("@")[2]):
        yield "has a host in capitals or with a stray sign"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_other_sites_are_sound(path):
    found = links(path.read_text(encoding="utf-8"))
    assert [f"{shown(path)}:{line}: {address} {fault}" for line, address, _ in found for fault in faults(address)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_source_has_one_title_in_a_file(path):
    """Two titles of one address make a reader look for two sources; a section or a setting may be named behind it."""
    text, titles = path.read_text(encoding="utf-8"), defaultdict(dict)
    lines = text.splitlines()
    for line, address, title in links(text):
        if title and (path.suffix == ".yml" or lines[line - 1].startswith("[^")):
            titles[address].setdefault(re.split(r", section| \(", title)[0], f"{shown(path)}:{line}")
    assert {address: known for address, known in titles.items() if len(known) > 1} == {}


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://www.rfc-editor.org/rfc/rfc9110#section-4.2", None),
        ("https://en.wikipedia.org/wiki/CAP_theorem_(computing)?x=%20y", None),
        ("mailto:someone@example.com", None),
        ("http://example.com/", "https"),
        ("ftp://example.com/", "https"),
        ("https://example.com/a b", "character"),
        ("https://example.com/a|b", "character"),
        ("https://localhost/x", "public"),
        ("https://10.0.0.1/x", "public"),
        ("https://intranet/x", "public"),
        ("https:///x", "stray sign"),
        ("https://bit.ly/3x", "shortened"),
        ("https://me:secret@example.com/", "user name"),
        ("https://example.com/?a=1&utm_source=news", "utm_source"),
        ("https://example.com/#:~:text=quorum", "some browsers"),
        ("https://example.com/page.", "too many"),
        ("https://example.com//page", "too many"),
        ("https://Example.com/", "capitals"),
        ("https://example.com:port/", "no address"),
        ("https://[::1/", "no address"),
    ],
)
def test_an_unsound_address_is_found(address, fault):
    found = list(faults(address))
    assert found == [] if fault is None else any(fault in one for one in found), found


def test_links_are_read_outside_code_with_their_lines():
    text = (
        "See [one [1]](https://a.example/x_(y)) and `[no](http://no.example)`.\n\n```text\n[no](http://no.example)\n```\n"
        '<https://b.example/> <a href="https://c.example/">c</a> [here](page.md)\n'
        '  source: {title: "D", url: "https://d.example/"}\n'
    )
    assert list(links(text)) == [
        (1, "https://a.example/x_(y)", "one [1]"), (6, "https://b.example/", None),
        (6, "https://c.example/", None), (7, "https://d.example/", "D"),
    ]  # fmt: skip


def tracked() -> list[str]:
    """Return the files of the repository, or none outside one."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    return [name for name in run.stdout.split("\0") if name]


def test_nothing_that_the_build_makes_is_tracked():
    if not tracked():
        pytest.skip("no repository, as in a downloaded archive")
    assert [name for name in tracked() if MADE_BY_THE_BUILD.match(name)] == []


def test_what_the_build_makes_is_known_and_ignored():
    if not tracked():
        pytest.skip("no repository, as in a downloaded archive")
    made = ["site/index.html", "site.zip", "site.new/index.html", "hooks/__pycache__/a.pyc", ".pytest_cache/README.md", ".hypothesis/a"]
    ignored = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert ignored == made
    assert all(MADE_BY_THE_BUILD.match(name) for name in made)
    assert not MADE_BY_THE_BUILD.match("docs/index.md")
