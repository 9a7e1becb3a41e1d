"""What the published site tells search engines, and where it says it is."""

import gzip
import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from mkdocs.config import load_config

from hooks import last_change, publication
from tests.conftest import DOCS, ROOT
from tests.test_site import PAGES, address


def run(folder: Path, *command: str, **environment: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment or None)


def test_sitemap_names_every_page_and_nothing_else(site):
    text = (site.folder / "sitemap.xml").read_text()
    places = [loc.text for loc in ElementTree.fromstring(text).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sorted(places) == sorted(site.url + address(source) for source in PAGES)
    assert gzip.decompress((site.folder / "sitemap.xml.gz").read_bytes()).decode() == text


def test_page_names_its_canonical_address(site):
    for source in PAGES:
        assert f'<link rel="canonical" href="{site.url}{address(source)}">' in site.read(address(source))


def test_robots_are_told_the_absolute_address_of_the_sitemap(site):
    assert f"Sitemap: {site.url}sitemap.xml" in (site.folder / "robots.txt").read_text().splitlines()


@pytest.fixture
def docs(tmp_path):
    """Return the folder of the pages of a repository: two with a history, one not committed."""
    docs = tmp_path / "whole" / "docs"
    docs.mkdir(parents=True)
    run(docs.parent, "git", "init", "-q")
    for name, day in (("a.md", "2026-01-02"), ("ö b.md", "2026-03-04"), ("a.md", "2026-05-06")):
        (docs / name).write_text(day)
        run(docs, "git", "add", name)
        who = {f"GIT_{role}_{part}": "someone" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        run(docs, "git", "commit", "-qm", "x", GIT_COMMITTER_DATE=f"{day}T12:00:00Z", **who)
    (docs / "new.md").write_text("not committed")
    return docs


def test_last_change_of_a_page_is_the_day_of_its_last_commit(docs):
    assert last_change.last_changes(docs) == {"a.md": "2026-05-06", "ö b.md": "2026-03-04"}


def test_name_that_is_not_utf_8_ends_no_build(docs):
    odd = Path(os.fsdecode(os.fsencode(docs) + b"/\xf6.md"))
    odd.write_text("x")
    run(docs, "git", "add", ".")
    run(docs, "git", "commit", "-qm", "a name in Latin-1")
    run(docs, "git", "rm", "-q", "--", odd.name)
    run(docs, "git", "commit", "-qm", "no such name")
    assert {"a.md", "ö b.md"} <= last_change.last_changes(docs).keys()


def test_live_preview_does_not_ask_for_the_history(docs):
    page = SimpleNamespace(file=SimpleNamespace(src_uri="a.md"), update_date="2026-11-23")
    files = SimpleNamespace(documentation_pages=lambda: [SimpleNamespace(page=page)])
    for building, day in ((False, "2026-11-23"), (True, "2026-05-06")):
        config = SimpleNamespace(docs_dir=str(docs), extra={"building": building})
        last_change.on_env(None, config=config, files=files)
        assert page.update_date == day


def test_without_a_history_there_is_no_last_change(docs, tmp_path):
    assert last_change.last_changes(tmp_path) == {}
    run(tmp_path, "git", "clone", "-q", "--depth=1", f"file://{docs.parent}", "shallow")
    assert last_change.last_changes(tmp_path / "shallow" / "docs") == {}


def test_without_any_repository_the_address_is_the_placeholder(monkeypatch):
    monkeypatch.setattr(publication, "repository", lambda *_: None)
    monkeypatch.setenv("SITE_URL", "")
    assert publication.on_config(load_config(str(ROOT / "mkdocs.yml"))).site_url == publication.PLACEHOLDER


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("git@github.com:ann/my.notes.git", "ann/my.notes"),
        ("https://github.com/ann/notes", "ann/notes"),
        ("https://github.com/ann/notes.git", "ann/notes"),
        ("https://token@github.com/ann/notes.git/", "ann/notes"),
        ("ssh://git@github.com/ann/notes.git", "ann/notes"),
        ("https://gitlab.com/ann/notes.git", None),
        ("https://notgithub.com/ann/notes.git", None),
        ("/srv/git/notes.git", None),
        ("../notes", None),
    ],
)
def test_repository_is_the_one_the_clone_came_from(remote, name, tmp_path):
    run(tmp_path, "git", "init", "-q")
    run(tmp_path, "git", "remote", "add", "origin", remote)
    assert publication.repository({}, tmp_path) == name
    assert publication.repository({"GITHUB_REPOSITORY": "bob/fork"}, tmp_path) == "bob/fork"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("Ann/Notes", "https://ann.github.io/Notes/"),
        ("Ann/ann.github.io", "https://ann.github.io/"),
    ],
)
def test_address_follows_from_the_repository(name, url):
    assert publication.pages_address(name) == url


def configured(monkeypatch, repository: str = "", site_url: str = "", **options):
    for variable, value in (("GITHUB_REPOSITORY", repository), ("SITE_URL", site_url), ("EDIT_URI", "")):
        monkeypatch.setenv(variable, value) if value else monkeypatch.delenv(variable, raising=False)
    return publication.on_config(load_config(str(ROOT / "mkdocs.yml"), **options))


def test_fork_publishes_under_its_own_name(monkeypatch):
    config = configured(monkeypatch, "Ann/notes")
    assert config.site_url == "https://ann.github.io/notes/"
    assert config.edit_uri_template == "https://github.com/Ann/notes/edit/main/docs/{path}"


def test_own_domain_and_live_preview_keep_their_address(monkeypatch):
    assert configured(monkeypatch, "Ann/notes", "https://ann.example/").site_url == "https://ann.example/"
    monkeypatch.delenv("SITE_URL", raising=False)
    config = load_config(str(ROOT / "mkdocs.yml"), site_url="http://127.0.0.1:8000/")
    assert publication.on_config(config).site_url == "http://127.0.0.1:8000/"


def test_no_file_names_an_organization_that_does_not_exist():
    settings = (ROOT / "mkdocs.yml").read_text()
    assert f'"{publication.PLACEHOLDER}"' in settings
    assert not re.search(r"github\.(?:com|io)", settings)
    assert not [path for path in DOCS.rglob("*.md") if re.search(r"system-design-notes\.(?!apkg|csv)", path.read_text())]
