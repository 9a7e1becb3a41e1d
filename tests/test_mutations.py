"""Break a copy of docs/ in one way at a time: the author is told file and line, or the page is as it was.

tests/mutations.yml lists the ways. The copy is cut down so that a build takes a moment: one real page, the pages
it links to as title and headings, and of the glossary and the figures what these pages use. Each mutation is
one change of one file, so a message must name the line that changed.
"""

import logging
import re
import shutil
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, MkDocsException

import hooks.glossary
import hooks.quantities
from hooks.cross_links import mentions, tree_of
from tests.conftest import DOCS, ROOT

CASES = yaml.safe_load(Path(__file__).with_name("mutations.yml").read_text())
REAL = "technologies/api-gateway.md"
SHEET = "reference/cheat-sheet.md"
GLOSSARY = "reference/glossary.md"
NUMBERS = "numbers.yml"
LOGO = "assets/logo.svg"
NAMES: set[str] = set()  # the pages of the copy, which its navigation names
HEAD = re.compile(r"\A---\n.*?\n---\n", re.S)
HEADING = re.compile("^#+ .*", re.M)
TOLD = re.compile(r"(?:docs/[^:]+|.*mkdocs\.yml):\d+: .+; .+", re.S)  # file, line, what is wrong, what to write
FENCE = re.compile(r"^(`{3,}).*?^\1$", re.M | re.S)


# --- the copy ---


def cut_docs(folder: Path) -> None:
    """Write a copy of docs/ cut down around one real page."""
    real = (DOCS / REAL).read_text()
    linked = {Path(DOCS / REAL).parent.joinpath(link).resolve() for link in re.findall(r"\]\(([^)#:\s]+\.md)", FENCE.sub("", real))}
    kept = {path.relative_to(DOCS).as_posix() for path in linked if path.is_file()} | {REAL, GLOSSARY, "index.md"}
    terms = hooks.glossary.read(DOCS / GLOSSARY)
    used = {term.name for term, *_ in mentions(HEAD.sub("", real), tree_of(terms))}
    used -= {term.name for term in terms if term.pages and REAL not in term.pages}
    used -= {term.name for term in terms if term.home.partition("#")[0] not in kept}
    figures = re.split(r"(?m)^(?=- id: )", (DOCS / NUMBERS).read_text())[1:]
    shown = set(re.findall(r"#!number ([\w-]+)", real)) | {"api-gateway"}
    named = [path.relative_to(DOCS).as_posix() for pattern in ("*.css", "*.js") for path in DOCS.glob(f"assets/*/{pattern}")]
    texts = {name: outline((DOCS / name).read_text()) for name in kept} | dict.fromkeys(named, "") | {
        LOGO: (DOCS / LOGO).read_text(),
        REAL: real,
        GLOSSARY: HEAD.match((DOCS / GLOSSARY).read_text())[0] + "\n# Glossary\n\n## A to Z\n\n" + glossary_of(used),
        NUMBERS: "".join(figure for figure in figures if any(f": {name}\n" in figure for name in shown)),
        SHEET: HEAD.match((DOCS / SHEET).read_text())[0] + SHEET_BODY,
    }
    NAMES.update(name for name in texts if name.endswith(".md"))
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


SHEET_BODY = f"""
# Numbers to know

```sheet
- title: Gateways
  page: ../{REAL}#numbers
  figures: [api-gateway]
```
"""


def outline(text: str) -> str:
    """Return a page as front matter and headings."""
    return HEAD.match(text)[0] + "\n" + "\n\n".join(HEADING.findall(FENCE.sub("", text))) + "\n"


def glossary_of(names: set[str]) -> str:
    """Return the entries of the real glossary whose terms are `names`."""
    entries = re.findall(r"(?m)^(\S.*)\n(:   .*)\n", (DOCS / GLOSSARY).read_text())
    return "\n".join(f"{term}\n{text}\n" for term, text in entries if re.sub(r"\s+\([^()]*\)$", "", term) in names)


# --- the build ---

# The theme's own templates take most of the time of a build and know nothing of mistakes.
THEME = "<title>{{ page.title }}</title>{{ page.meta.description }} {{ page.content }}"


@dataclass
class Outcome:
    """What a build told the author, what stopped it, and the files it made by path."""

    messages: list[str] = field(default_factory=list)
    stopped: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


def built(folder: Path, monkeypatch, caplog) -> Outcome:
    """Build `folder`/docs with this project's mkdocs.yml; a traceback fails the test."""
    docs, site = folder / "docs", folder / "site"
    monkeypatch.setattr(hooks.glossary, "GLOSSARY", docs / GLOSSARY)
    monkeypatch.setattr(hooks.quantities, "NUMBERS", docs / NUMBERS)
    monkeypatch.chdir(folder)
    names = sorted(NAMES | {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")})
    (folder / "theme").mkdir(exist_ok=True)
    (folder / "theme" / "main.html").write_text(THEME)
    config = load_config(
        str(ROOT / "mkdocs.yml"), docs_dir=str(docs), site_dir=str(site), nav=names, extra_css=[], extra_javascript=[],
        theme={"name": None, "custom_dir": str(folder / "theme")},
    )  # fmt: skip
    outcome = Outcome()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        try:
            build(config)
        except (Abort, MkDocsException) as error:
            outcome.stopped = str(error)
    outcome.messages = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    # The search index and the sitemap follow from the pages.
    outcome.files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")} if site.is_dir() else {}
    return outcome


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy, which is never changed itself."""
    folder = tmp_path_factory.mktemp("cut")
    cut_docs(folder / "docs")
    return folder


@pytest.fixture
def untouched(copy, tmp_path_factory, monkeypatch, caplog, _kept={}):  # noqa: B006
    """The pages that the build makes of the copy as it is, without a word."""
    if not _kept:
        folder = tmp_path_factory.mktemp("untouched")
        shutil.copytree(copy / "docs", folder / "docs")
        outcome = built(folder, monkeypatch, caplog)
        assert not outcome.messages and not outcome.stopped
        _kept.update(outcome.files)
    return _kept


# --- the mutations ---


def mutate(docs: Path, case: dict) -> tuple[str, int]:
    """Change one file below `docs` as `case` says; return its path from docs/ and the line of the change."""
    name = case.get("in", REAL)
    path = docs / name
    before = path.read_bytes() if path.is_file() else b""
    path.parent.mkdir(parents=True, exist_ok=True)
    match case:
        case {"append": text}:
            # Above the sources, so that a page keeps its order.
            head, sources, tail = before.partition(b"\n## Sources\n")
            after = head.rstrip() + b"\n\n" + text.encode() + sources + tail
        case {"replace": old, "by": new}:
            assert old.encode() in before, f"{name} has no {old!r}"
            after = before.replace(old.encode(), new.encode(), 1)
        case {"write": text}:
            after = text.encode()
        case {"bytes": text}:
            after = before + text.encode("latin-1")
        case {"encode": encoding}:
            after = before.decode().encode(encoding)
        case {"times": [text, count]}:
            after = before + (text * count).encode()
        case {"lines": ending}:
            after = before.replace(b"\n", ending.encode())
        case {"rename": other}:
            path.rename(path.with_name(other))
            return name, 1
        case {"delete": True}:
            path.unlink()
            return name, 1
    path.write_bytes(after)
    same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    return name, after.count(b"\n", 0, same) + 1


def expected(pattern: str, name: str, line: int, folder: Path) -> str:
    """Return a message of a case as a pattern for fnmatch.

    {file} and {line}, or {line+2}, are the change's; {line of ...} is the first line, in the file of the message,
    that holds these words.
    """
    pattern = pattern.replace("{file}", f"docs/{name}")
    path = pattern.partition(":")[0]
    pattern = re.sub(r"\{line([+-]\d+)?\}", lambda match: str(line + int(match[1] or 0)), pattern)
    pattern = re.sub(r"\{line of ([^}]+)\}", lambda match: str(line_with(match[1], ROOT / "mkdocs.yml" if "mkdocs" in path else folder / path)), pattern)
    return pattern.replace("[", "[[]")


def line_with(words: str, path: Path) -> int:
    """Return the number, from 1, of the first line of a file that holds `words`."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if words in line)


def check_harmless(case: dict, untouched: dict[str, bytes], outcome: Outcome) -> None:
    """Compare the pages with those of the untouched copy, but for what the case says has changed."""
    changed = {page for page in untouched.keys() | outcome.files.keys() if untouched.get(page) != outcome.files.get(page)}
    assert changed == set(case.get("changed", ())), changed
    for page in changed:
        assert case["shows"] in " ".join(outcome.files[page].decode().split()), outcome.files[page].decode()[-2000:]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_mutation_is_told_with_file_and_line_or_harmless(case, copy, untouched, tmp_path, monkeypatch, caplog):
    shutil.copytree(copy / "docs", tmp_path / "docs")
    name, line = mutate(tmp_path / "docs", case)
    outcome = built(tmp_path, monkeypatch, caplog)
    wanted, following = ([expected(pattern, name, line, tmp_path) for pattern in case.get(key, ())] for key in ("says", "also"))
    assert all(TOLD.fullmatch(message) for message in outcome.messages), outcome.messages
    told = [message for message in outcome.messages if not any(fnmatchcase(message, pattern) for pattern in following)]
    assert len(told) == len(wanted), told
    for pattern in wanted + following:
        assert any(fnmatchcase(message, pattern) for message in outcome.messages), (pattern, outcome.messages)
    if "says" not in case:
        assert case["harmless"] and not outcome.stopped
        check_harmless(case, untouched, outcome)


def test_there_are_enough_of_them_and_no_two_are_the_same():
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names) >= 60
    assert all(("says" in case) != ("harmless" in case) for case in CASES)
