"""The deck of cards: each question, term and figure has its card, and an import of a later deck updates it."""

import csv
import io
import json
import os
import re
import sqlite3
import zipfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from lxml import etree, html
from mkdocs.commands.build import build
from mkdocs.config import load_config

from hooks import cards, glossary, quantities
from tests.conftest import ROOT
from tests.test_callouts import written
from tests.test_mistakes import GOOD

DIAGRAM = """```mermaid caption="The follower lags."
flowchart LR
  accTitle: Leader and follower
  accDescr: A leader streams its log to a follower.
  L[(Leader)] -->|log| F[(Follower)]
  click L href "topic.md"
```"""
TOPIC = f"""# Topic
## Log
{DIAGRAM}

## Check yourself
??? question why "Why a *log*?"
    Because it is `append <only>`, see [the section](#log) and a claim.[^one]

    - one
    - two

    ![ring](ring.svg)

    ```sql
    SELECT 1
      FROM t;
    ```

## Sources
[^one]: [RFC 1](https://example.com/rfc1)
"""
GLOSSARY = """# Glossary

## L

Log (WAL)
:   What is written first. [Topic](../technologies/topic.md#log) Linked only on [Topic](../technologies/topic.md).
"""
DOCS = {"technologies/topic.md": TOPIC, "reference/glossary.md": GLOSSARY, "reference/self-test.md": "# Self-test\n[deck](system-design-notes.apkg), [table](system-design-notes.csv)\n```callouts\nquestion\n```"}


@dataclass
class Note:
    guid: str
    tags: list[str]
    front: str
    back: str
    topic: str
    page: str
    deck: str

    @property
    def link(self) -> str:
        return html.fromstring(self.page).get("href")


@dataclass
class Deck:
    notes: dict[str, Note]  # by guid
    media: dict[str, bytes]
    modified: int


def opened(data: bytes) -> Deck:
    """Return what an Anki package holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        media = {name: archive.read(number) for number, name in json.loads(archive.read("media")).items()}
        database = sqlite3.connect(":memory:")
        database.deserialize(archive.read("collection.anki2"))
    decks = {deck["id"]: deck["name"] for deck in json.loads(database.execute("SELECT decks FROM col").fetchone()[0]).values()}
    rows = database.execute("SELECT guid, tags, flds, did, notes.mod FROM notes JOIN cards ON nid = notes.id ORDER BY due").fetchall()
    notes = {guid: Note(guid, tags.split(), *fields.split("\x1f"), decks[deck]) for guid, tags, fields, deck, _ in rows}
    assert len(notes) == len(rows)  # one card a note, each guid once
    return Deck(notes, media, rows[0][4])


def kind(deck: Deck, name: str) -> list[Note]:
    return [note for note in deck.notes.values() if f"system-design-notes::{name}" in note.tags]


def build_site(folder: Path, docs: dict[str, str]) -> Path:
    for name, text in docs.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD.replace("A page", path.stem, 1) + text)
    (folder / "docs/technologies/ring.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    build(load_config(
        str(ROOT / "mkdocs.yml"), docs_dir=str(folder / "docs"), site_dir=str(folder / "site"), site_url="https://example.org/notes/",
        nav=[{"Technologies": ["technologies/topic.md"]}, "reference/glossary.md", "reference/self-test.md"],
        extra_css=[], extra_javascript=[], strict=True,
    ))  # fmt: skip
    return folder / "site"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A site with one question, one term and one figure; returns a function that builds it anew."""
    monkeypatch.chdir(tmp_path)
    figure = quantities.quantities()[0]
    monkeypatch.setattr(quantities, "quantities", lambda: [figure])

    def built(**changed) -> Deck:
        return opened((build_site(tmp_path, DOCS | changed) / cards.DECK).read_bytes())

    return built


def of_site(site) -> Deck:
    return opened((site.folder / cards.DECK).read_bytes())


# --- the built site ---


def test_each_question_term_and_figure_has_its_card(site):
    deck = of_site(site)
    assert len(kind(deck, "question")) == written("question").total() > 100
    assert [note.front for note in kind(deck, "term")] == [cards.words(term.name) for term in glossary.terms()]
    numbers = kind(deck, "number")
    assert len(numbers) == len(quantities.quantities())
    for note, quantity in zip(numbers, quantities.quantities(), strict=True):
        text = html.fromstring(f"<div>{note.front}{note.back}</div>").text_content()
        assert all(part in text for part in (quantity.label, quantity.condition, quantity.value, quantity.source_title, quantity.trigger or ""))
        assert f'href="{cards.escape(quantity.source_url)}"' in note.back
    assert len(deck.notes) == sum(len(kind(deck, name)) for name in cards.DECKS)


def test_every_link_is_absolute_and_leads_to_a_page_and_an_anchor(site):
    ids = {}
    for note in of_site(site).notes.values():
        for link in {note.link, *(a.get("href") for a in html.fromstring(f"<div>{note.front}{note.back}</div>").iter("a"))}:
            assert link.startswith("http")
            if link.startswith(site.url):
                page, _, anchor = link.removeprefix(site.url).partition("#")
                if page not in ids:
                    ids[page] = set(re.findall(r'\bid="?([^"\s>]+)', site.read(page))) | {""}
                assert anchor in ids[page], link


def test_tags_name_part_and_topic(site):
    for note in of_site(site).notes.values():
        page = note.link.removeprefix(site.url).partition("#")[0].strip("/")
        assert f"system-design-notes::{page.replace('/', '::')}" in note.tags
        assert (site.folder / page / "index.html").is_file() and note.topic
    decks = {note.deck for note in of_site(site).notes.values()}
    assert decks == {f"System Design Notes::{name}" for name in ("Questions", "Terms", "Numbers")}


def test_each_picture_is_there_is_used_and_stands_alone(site):
    deck = of_site(site)
    used = {source for note in deck.notes.values() for source in re.findall(r'<img src="([^"]+)"', note.front + note.back)}
    assert used == set(deck.media) and len(used) > 100
    for name, data in deck.media.items():
        etree.fromstring(data)  # XML, unlike what stands in a page
        text = data.decode()
        assert not re.search(r'(?:href|src)="(?!#)', text), name
        properties = set(re.findall(r"(--[\w-]+):", text))
        assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= properties, name  # those without another value


def test_pictures_have_the_colors_of_the_light_scheme(site, browser):
    deck = of_site(site)
    page = browser.new_page(color_scheme="dark")
    page.set_content('<body style="background: black"><img>')
    for name in sorted(deck.media)[:3]:
        source = deck.media[name].decode()
        ground = page.evaluate(
            """async source => {
              const image = document.querySelector("img")
              image.src = "data:image/svg+xml," + encodeURIComponent(source)
              await image.decode()
              const context = Object.assign(document.createElement("canvas"), { width: 4, height: 4 }).getContext("2d")
              context.drawImage(image, 0, 0)
              return [...context.getImageData(1, 1, 1, 1).data]
            }""",
            source,
        )
        assert ground == [0xFD, 0xFC, 0xFA, 255], name
    page.close()


def test_table_holds_the_same_in_plain_text(site):
    deck = of_site(site)
    text = (site.folder / cards.TABLE).read_bytes()
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(deck.notes)
    for row, note in zip(rows, deck.notes.values(), strict=True):
        assert cards.genanki.guid_for(row["kind"], row["id"]) == note.guid
        assert row["page"] == note.link and " · ".join(filter(None, (row["part"], row["topic"]))) == unescape(note.topic)
        for side, fragment in ((row["front"], note.front), (row["back"], note.back)):
            bare = re.sub(r"\W", "", side)
            assert all(re.sub(r"\W", "", text) in bare for text in html.fromstring(f"<div>{fragment}</div>").itertext())
        assert not re.search(r"</?(?:p|div|code|a|li)\b", row["front"] + row["back"])


def test_readers_find_deck_and_table(site):
    for page in ("reference/self-test/", "reference/glossary/", "reference/cheat-sheet/"):
        assert 'href="../system-design-notes.apkg"' in site.read(page) and 'href="../system-design-notes.csv"' in site.read(page)


# --- a small site ---


def test_card_of_a_question(small):
    deck = small()
    (note,) = kind(deck, "question")
    assert note.front == "Why a <em>log</em>?"
    name = next(name for name, data in deck.media.items() if b"pele" not in data)
    assert note.back.replace("<p></p>", "") == (
        '<p>Because it is <code>append &lt;only&gt;</code>, see <a href="https://example.org/notes/technologies/topic/#log">the section</a> '
        'and a claim.<sup><a href="https://example.org/notes/technologies/topic/#fn:one">1</a></sup></p>\n'
        f'<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<p><img alt="ring" src="{name}"></p>\n<div><pre><code>SELECT 1\n  FROM t;\n</code></pre></div>'
    )
    assert note.tags == ["system-design-notes::question", "system-design-notes::technologies::topic"]
    assert (note.topic, note.link) == ("Technologies · topic", "https://example.org/notes/technologies/topic/#why")


def test_card_of_a_term_shows_the_diagram_of_its_section(small):
    deck = small()
    (note,) = kind(deck, "term")
    picture = next(name for name, data in deck.media.items() if b"pele" in data)
    assert (note.front, note.link) == ("Log", "https://example.org/notes/technologies/topic/#log")
    assert note.back.startswith('<p>What is written first.</p><p class="aside">Also: WAL</p>')
    assert f'<img src="{picture}" alt="Leader and follower A leader streams its log to a follower."' in note.back
    assert note.back.endswith('<div class="caption">The follower lags.</div>')


def test_two_builds_give_identical_bytes(small, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    files = [tmp_path / "site" / name for name in (cards.DECK, cards.TABLE)]
    assert small().modified == 1700000000
    first = [path.read_bytes() for path in files]
    small()
    assert [path.read_bytes() for path in files] == first


def test_a_changed_answer_keeps_the_guid_and_makes_the_deck_newer(small, monkeypatch):
    before = small()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(before.modified + 60))
    after = small(**{"technologies/topic.md": TOPIC.replace("Because it is", "Since it is").replace("A leader", "One leader")})
    assert list(before.notes) == list(after.notes)
    assert before.notes != after.notes and after.modified == before.modified + 60
    assert set(before.media) ^ set(after.media)  # another picture has another name


def test_changed_is_the_time_of_the_newest_source(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for name, time in (("a", 10), ("b", 30), ("c", 20)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (time, time))
    assert cards.changed(tmp_path.iterdir()) == 30
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    assert cards.changed(tmp_path.iterdir()) == 5


def test_site_without_a_self_test_has_no_deck(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"{GOOD}# Home")
    build(load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(tmp_path / "docs"), site_dir=str(tmp_path / "site"), nav=["index.md"], extra_css=[], extra_javascript=[]))
    assert not list((tmp_path / "site").rglob("*.apkg"))


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>a\n b</p>\n<p>c</p>", "a b\nc"),
        ("<ul>\n<li>a</li>\n<li><p>b</p></li>\n</ul>", "• a\n• b"),
        ("<p>x</p><pre><code>if a:\n  b</code></pre><p>y</p>", "x\nif a:\n  b\ny"),
        ('<a href="https://a/b">t</a>, <a href="https://s/p">own</a>', "t <https://a/b>, own"),
        ('<table><tr><th>a</th><td>1</td></tr></table><img alt="A ring">', "a | 1\n[Picture: A ring]"),
        ("<table><tr><th></th><th>A</th></tr><tr><td>r</td><td>1</td></tr></table>", "| A\nr | 1"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
    ],
)
def test_plain_text(fragment, expected):
    assert cards.plain(fragment, "https://s/") == expected
