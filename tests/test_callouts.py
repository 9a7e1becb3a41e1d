"""Callouts of all pages come together on index pages, each as it is and with the way back."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import markdown
import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

from hooks import callouts, markup
from hooks.mistakes import contents_of
from tests.conftest import DOCS, ROOT, printed
from tests.test_mistakes import GOOD
from tests.test_search import documents

CASES = yaml.safe_load(Path(__file__).with_name("callouts.yml").read_text())
INDEX_PAGES = {"trap": "traps", "question": "self-test", "scenario": "scenarios", "choose": "choosing"}
ENTRY = re.compile(r'<article class="callout">.*?</article>', re.S)
BACK = re.compile(r'<p class="whence"><a href="([^"]+)">(.*?)</a></p>')


def index_page(site, kind: str) -> tuple[str, str]:
    """Return address and HTML of the index page of a kind."""
    address = f"reference/{INDEX_PAGES[kind]}/"
    return address, site.read(address)


def entries(site, kind: str) -> list[str]:
    return ENTRY.findall(index_page(site, kind)[1])


def written(kind: str) -> Counter:
    """Return the pages of docs/ with the number of callouts of a kind in their Markdown, code left out."""
    found = Counter()
    for path in DOCS.rglob("*.md"):
        text = re.sub(r"^( *)(`{3,}).*?^\1\2", "", path.read_text(), flags=re.M | re.S)
        if number := len(re.findall(rf"^ *(?:!!!|\?\?\?\+?) {kind}\b", text, re.M)):
            found[path.relative_to(DOCS).as_posix().removesuffix(".md") + "/"] = number
    return found


def build_pages(folder: Path, docs: dict[str, str]):
    """Build pages with this project's mkdocs.yml; return the folder of the site and the configuration."""
    for name, text in docs.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD + text)
    config = load_config(
        str(ROOT / "mkdocs.yml"), docs_dir=str(folder / "docs"), site_dir=str(folder / "site"),
        nav=list(docs), extra_css=[], extra_javascript=[],
    )  # fmt: skip
    build(config)
    return folder / "site", config


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_golden_case(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site, _ = build_pages(tmp_path, case["docs"] | {"reference/index-page.md": f"# Index\n```callouts\n{case['fence']}\n```"})
    assert case["expected"].strip() in (site / "reference/index-page/index.html").read_text()


# --- the built site ---


@pytest.mark.parametrize("kind", INDEX_PAGES)
def test_index_page_has_as_many_entries_as_there_are_callouts(kind, site):
    address = index_page(site, kind)[0]
    found = Counter(urlsplit(urljoin(site.url + address, BACK.search(entry)[1])).path.lstrip("/") for entry in entries(site, kind))
    assert found == written(kind)
    assert found.total() > 50


@pytest.mark.parametrize("kind", INDEX_PAGES)
def test_entry_leads_back_to_the_callout_it_was_made_from(kind, site):
    address = index_page(site, kind)[0]
    on_page = cache(lambda path: list(callouts.read(site.read(path), [kind])))
    for entry in entries(site, kind):
        target = urlsplit(urljoin(site.url + address, BACK.search(entry)[1]))
        there = [callout for callout in on_page(target.path.lstrip("/")) if callout["id"] == target.fragment]
        title = re.search(r"<summary>(.*?)</summary>|admonition-title\">(.*?)</p>", entry, re.S)
        assert len(there) == 1 and there[0]["title"] == (title[1] or title[2])
        assert markup.text(there[0]["body"]) == markup.text(entry[title.end() : entry.index('<p class="whence">')])


@pytest.mark.parametrize("kind", INDEX_PAGES)
def test_references_to_ids_within_the_page_lead_somewhere(kind, site):
    html = index_page(site, kind)[1]
    ids = contents_of(html).anchors
    for tag in markup.tags(html[html.index('<div class="gathered">') : html.rindex("</article>")]):
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((tag.attributes or {}).get(name, "").split()) <= set(ids)


@pytest.mark.parametrize("kind", INDEX_PAGES)
def test_pictures_figures_and_references_come_along(kind, site):
    """As many of each on the index page as in the callouts on the topic pages."""
    marks = ('<figure class="diagram"', 'class="number"', "#fn:")
    on_pages = [c["body"] for page in written(kind) for c in callouts.read(site.read(page), [kind])]
    for mark in marks:
        assert sum(body.count(mark) for body in on_pages) == sum(entry.count(mark) for entry in entries(site, kind)), mark


@pytest.mark.parametrize("kind", INDEX_PAGES)
def test_links_lead_where_they_lead_from_the_topic_page(kind, site):
    """Those to an id inside the callout excepted, which the test of ids has."""

    def targets(html: str, page: str) -> list[str]:
        contents = contents_of(html)
        return [urljoin(site.url + page, link) for link in contents.links if link[1:] not in contents.anchors]

    address = index_page(site, kind)[0]
    on_pages = [link for page in written(kind) for c in callouts.read(site.read(page), [kind]) for link in targets(c["body"], page)]
    on_index = [link for entry in entries(site, kind) for link in targets(f"<div>{BACK.sub('', entry[25:])}", address)]
    assert Counter(on_pages) == Counter(on_index)


def test_headings_are_in_the_table_of_contents(site):
    for kind in INDEX_PAGES:
        html = index_page(site, kind)[1]
        headings = re.findall(r'<h[2-4] id="([^"]+)" data-search-exclude>', html)
        listed = re.findall(r'<a href="#([^"]+)" class="md-nav__link">', html)
        assert headings and set(headings) <= set(listed), kind


def test_every_worked_outline_is_linked_from_the_scenarios(site):
    html = index_page(site, "scenario")[1]
    for path in (DOCS / "scenarios").glob("*.md"):
        assert f'Worked outline: <a href="../../scenarios/{path.stem}/">' in html, path


def test_number_of_worked_outlines_is_told_right():
    words = "fifteen sixteen seventeen eighteen nineteen twenty".split()
    word = words[len(list((DOCS / "scenarios").glob("*.md"))) - 15]
    assert all(f" {word} " in (DOCS / page).read_text() for page in ("index.md", "study-plan.md")), word


def test_generated_entries_are_not_in_the_search_index(site):
    locations = [doc["location"] for doc in documents(site)]
    assert "reference/traps/" in locations
    by_hand = "reference/scenarios/#without-an-outline"
    assert not {location for location in locations if re.match(r"reference/(?:traps|self-test|scenarios)/#", location)} - {by_hand}


@pytest.mark.parametrize("javascript", [True, False])
def test_folded_entries_are_open_on_paper(javascript, site, browser):
    page = browser.new_context(java_script_enabled=javascript, color_scheme="dark").new_page()
    page.goto(site.url + "reference/self-test/")
    text = "".join("".join(printed(page)).split())
    answers = [markup.text(entry[entry.index("</summary>") : entry.index('<p class="whence">')]) for entry in entries(site, "question")]
    plain = [re.findall(r"[a-z]{4,}", answer)[:4] for answer in answers]
    missing = [words for words in plain if not all(word in text for word in words)]
    assert not missing
    page.context.close()


def test_link_to_a_folded_question_unfolds_it(site, open_page):
    entry = next(callout for callout in callouts.read(site.read("fundamentals/storage/"), ["question"]))
    page = open_page(f"{site.url}fundamentals/storage/#{entry['id']}")
    page.locator(f"details#{entry['id']}[open]").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_icon_and_color_of_a_kind_come_from_its_one_entry(scheme, site, open_page):
    page = open_page(f"{site.url}reference/traps/", scheme=scheme)
    look = """() => { const style = getComputedStyle(document.querySelector(".trap > summary"), "::before")
                return [style.maskImage, style.backgroundColor, getComputedStyle(document.querySelector(".trap")).borderInlineStartColor] }"""
    icon, color, border = page.evaluate(look)
    assert icon.startswith('url("data:image/svg+xml') and color == border != "rgb(0, 0, 0)"


# --- the plain functions ---


def test_fifth_kind_is_one_entry_of_the_settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = (ROOT / "mkdocs.yml").read_text()
    entry = "        trap: {"
    assert settings.count(entry) == 1
    settings = settings.replace(entry, "        quote: { icon: material/heart, color: red }\n" + entry)
    settings = re.sub(r"^nav:.*?(?=^theme:)", "", settings, flags=re.M | re.S)
    for name in ("hooks", "overrides"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "mkdocs.yml").write_text(settings)
    sheets = tmp_path / "docs" / "assets" / "stylesheets"
    sheets.mkdir(parents=True)
    (sheets / "site.css").write_text(".md-typeset .admonition { border-color: var(--callout) }")
    (tmp_path / "docs" / "index.md").write_text(f'{GOOD}# Home\n!!! quote "Said"\n    Text.\n\n```callouts\nquote\n```\n')
    build(load_config(str(tmp_path / "mkdocs.yml"), site_dir=str(tmp_path / "site"), extra_css=["assets/stylesheets/site.css"], extra_javascript=[]))
    html = (tmp_path / "site" / "index.html").read_text()
    assert len(ENTRY.findall(html)) == 1
    css = (tmp_path / "site" / "assets" / "stylesheets" / "shared.css").read_text()
    assert re.search(r"--md-admonition-icon--quote:\s*url\(.data:image/svg\+xml", css)
    assert re.search(r"\.quote\s*\{\s*--callout:\s*red\b", css)


def test_second_build_in_the_same_process_starts_from_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    index = "# Index\n```callouts\ntrap\n```"
    one = {"topic.md": '# Topic\n!!! trap "One"\n    Text.', "index.md": index}
    site, config = build_pages(tmp_path, one)
    first = (site / "index.html").read_text()
    assert [callout.key for callout in callouts.gathered(config)] == ["topic-trap-one"]
    site, config = build_pages(tmp_path, one | {"topic.md": '# Topic\n!!! trap "Two"\n    Text.'})
    assert [callout.title for callout in callouts.gathered(config)] == ["Two"]
    build_pages(tmp_path, one)
    assert (site / "index.html").read_text().split("</head>")[1] == first.split("</head>")[1]


def test_lists_of_two_kinds_on_a_page_have_anchors_of_their_own(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    topic = '# Topic\n!!! trap "Said"\n    Text.\n\n??? question "Why?"\n    Because.'
    site, _ = build_pages(tmp_path, {"topic.md": topic, "index.md": "# Index\n```callouts\ntrap\n```\n\n```callouts\nquestion\n```"})
    assert re.findall(r'<h2 id="([^"]+)" data-search-exclude>', (site / "index.html").read_text()) == ["in-topic", "question-in-topic"]
    assert "stands twice" not in caplog.text


def test_kind_without_an_icon_is_reported_and_the_others_keep_theirs(tmp_path, caplog):
    settings = tmp_path / "mkdocs.yml"
    settings.write_text("kinds:\n  trap: { icon: material/alert }\n  quote: { color: red }\n")
    kinds = {callouts.NAME: yaml.safe_load(settings.read_text())}
    config = SimpleNamespace(config_file_path=str(settings), mdx_configs=kinds, theme={})
    callouts.on_config(config)
    assert config.theme["icon"]["admonition"] == {"trap": "material/alert"}
    assert 'mkdocs.yml:3: the kind of callout "quote" has no icon; write icon: material/...' in caplog.text


def test_gathered_callout_says_where_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = '# Topic\n## In *short*\n??? question why "Why?"\n    See [it](#topic).'
    _, config = build_pages(tmp_path, {"technologies/topic.md": text})
    (callout,) = callouts.gathered(config)
    assert vars(callout) == {
        "kind": "question", "id": "why", "title": "Why?", "body": '<p data-search-exclude="">See <a href="#topic">it</a>.</p>',
        "url": "technologies/topic/", "page": "A page", "part": "", "section": "In short",
    }  # fmt: skip
    assert callout.address == "technologies/topic/#why"


def test_placeholder_reads_as_a_sentence_where_nothing_fills_it():
    settings = {"name": "callouts", "class": "callouts", "format": callouts.fence}
    md = markdown.Markdown(
        extensions=["pymdownx.superfences", callouts.Callouts(kinds={"trap": {}})],
        extension_configs={"pymdownx.superfences": {"custom_fences": [settings]}},
    )
    words = markup.text(md.convert("```callouts\ntrap\n```"))
    assert words.startswith("This list is gathered") and words.endswith("its callouts of the kind trap.")


def test_diagram_moves_with_its_ids_and_stays_as_it_is_otherwise():
    picture = (
        '<svg viewBox="0 0 1 1" aria-labelledby="d-title d-desc"><title id="d-title">A</title>'
        '<path marker-end="url(#d-arrow)" d="M0"/><linearGradient id="d-arrow"/><a xlink:href="../kafka/"/></svg>'
    )
    assert callouts.moved(picture, lambda address: "../" + address, "x-") == (
        '<svg viewBox="0 0 1 1" aria-labelledby="x-d-title d-desc"><title id="x-d-title">A</title>'
        '<path marker-end="url(#x-d-arrow)" d="M0"/><linearGradient id="x-d-arrow"/><a xlink:href="../../kafka/"/></svg>'
    )


@pytest.mark.parametrize("html", ['<p title="a > b">x</p>', "<br><img alt='1'>\n&amp; <!-- <p> -->", "<script>if (a < b) '<p>'</script>", "a\r\n<b>c</b>"])
def test_what_nobody_changes_stays_byte_for_byte(html):
    assert markup.rewritten(html, lambda tag: {}) == html
    for tag in markup.tags(html):
        assert html[tag.start : tag.end].startswith("<") and html[tag.start : tag.end].endswith(">")
