"""What is slow to make is made once, and again when it must be."""

import pytest

from hooks import diagrams
from hooks.cache import folder, kept

SOURCE = "flowchart LR\n  accTitle: T\n  accDescr: D\n  A -->|x| B"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SYSTEM_DESIGN_NOTES_CACHE", str(tmp_path / "cache"))


def unable():
    raise AssertionError("made again")


def test_the_same_is_made_once():
    assert kept("ring", lambda: b"drawn") == kept("ring", unable) == b"drawn"


def test_other_ingredients_are_another_thing():
    kept("ring", lambda: b"drawn")
    assert kept("ring of 5", lambda: b"other") == b"other"


@pytest.mark.parametrize("damage", [lambda entry: b"", lambda entry: entry[:-1], lambda entry: entry[:-1] + b"?", lambda entry: b"x" + entry])
def test_damaged_entry_is_made_again(damage):
    kept("ring", lambda: b"drawn")
    (path,) = folder().iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert kept("ring", lambda: b"anew") == b"anew"
    assert kept("ring", unable) == b"anew"


def test_folder_that_cannot_be_written_does_no_harm(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SYSTEM_DESIGN_NOTES_CACHE", str(tmp_path / "file"))
    assert kept("ring", lambda: b"drawn") == b"drawn"


def test_diagram_is_drawn_again_only_when_it_or_the_renderer_changes(monkeypatch):
    drawn = []
    renderer = diagrams.renderer()
    monkeypatch.setattr(diagrams, "renderer", lambda: lambda *given: drawn.append(given) or renderer(*given))
    first = diagrams.draw(SOURCE, "d1")
    assert diagrams.draw(SOURCE, "d1") == first and len(drawn) == 1
    diagrams.draw(SOURCE + "\n  B --> C", "d1")
    assert len(drawn) == 2
    monkeypatch.setattr(diagrams, "version", lambda: "2.0")
    assert diagrams.draw(SOURCE, "d1") == first and len(drawn) == 3
