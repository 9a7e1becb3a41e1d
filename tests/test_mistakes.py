"""An author's mistake gives a warning with file, line, what is wrong and what to write instead."""

import logging
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.conftest import ROOT

CASES = yaml.safe_load(Path(__file__).with_name("mistakes.yml").read_text())
GOOD = "---\ntitle: A page\ndescription: A page whose description is long enough to be shown by a search.\n---\n"


def warnings_of(folder: Path, case: dict, caplog) -> list[str]:
    """Build the case's pages with this project's mkdocs.yml and return the warnings."""
    for name, text in case["docs"].items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{good}", GOOD.replace("A page", f"Page {name}", 1)))
    nav = case.get("nav") or [name for name in case["docs"] if name.endswith(".md")]
    config = load_config(
        str(ROOT / "mkdocs.yml"),
        docs_dir=str(folder / "docs"),
        site_dir=str(folder / "site"),
        nav=nav,
        extra_css=[],
        extra_javascript=[],
    )
    with caplog.at_level(logging.WARNING):
        build(config)
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_mistake_is_reported_once_with_place_and_remedy(case, tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    got = warnings_of(tmp_path, case, caplog)
    assert len(got) == len(case["warnings"]), got
    for expected in case["warnings"]:
        pattern = expected.replace("[", "[[]")
        assert any(fnmatchcase(message, pattern) for message in got), (expected, got)


def test_address_on_which_mkdocs_stops_is_reported_before(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError):
        warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home\n[the host](http://[host]/a)"}}, caplog)
    (message,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert message.startswith('docs/index.md:7: "http://[host]/a" is no address: ') and "; write one that exists" in message


def test_files_that_mkdocs_leaves_out_are_left_alone(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / ".#index.md").symlink_to("ana@host.1234:1700000000")  # Emacs, while a page is not saved
    (tmp_path / "docs" / "._index.md").write_bytes(b"\0\5\x16\7\xff")  # macOS, on a drive of another system
    assert warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home"}, "nav": ["index.md"]}, caplog) == []


def test_second_build_in_the_same_process_starts_from_nothing(tmp_path, monkeypatch, caplog):
    """Live reload: a mended mistake is gone, and pictures get the same ids again."""
    monkeypatch.chdir(tmp_path)
    broken = {"docs": {"index.md": "{good}\n# Home\n[x](nowhere.md)"}}
    assert warnings_of(tmp_path, broken, caplog)
    caplog.clear()
    assert warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home"}}, caplog) == []
