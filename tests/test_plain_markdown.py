"""Each page as Markdown that needs no build, and llms.txt, which lists them."""

import logging
import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from markdown import Markdown

from hooks.plain_markdown import WRITTEN_OUT, Writer, cell, table
from hooks.quantities import quantities
from tests.conftest import DOCS, ROOT
from tests.test_mistakes import GOOD, warnings_of
from tests.test_site import PAGES, address

FENCES = ("numbers", "sheet", "sheet-sources", "calculator", "callouts")


def twin(source: str) -> str:
    return address(source) + "index.html.md"


def written(text: str, generated: set[str] = frozenset()) -> str:
    """Return what becomes of `text`, where every link is written in capitals."""
    return "\n".join(Writer(str.upper, "https://example.com/page/", generated).blocks(text.split("\n")))


@pytest.mark.parametrize("source", PAGES)
def test_page_stands_without_the_build(source, site):
    text = (site.folder / twin(source)).read_text()
    assert re.match(r"# \S", text) and "\n---\n" not in text[:200] and text.endswith("\n")
    for pattern in (*(rf"(?m)^ *```+{name}\b" for name in FENCES), r"#!number", r"(?m)^ *(!!!|\?\?\?)", r"\]\(term:", "caption=", "<div"):
        assert not re.search(pattern, text), pattern
    assert text.count("```mermaid") == (DOCS / source).read_text().count("```mermaid")


@pytest.mark.parametrize("source", PAGES)
def test_every_figure_of_the_page_is_in_its_markdown(source, site):
    html, text = site.read(address(source)), (site.folder / twin(source)).read_text()
    shown = [q for q in quantities() if q.source_url in unescape(html) and f'<th scope=row>{q.label}' in unescape(html)]
    assert ("```numbers" not in (DOCS / source).read_text()) or shown
    for quantity in shown:
        assert cell(quantity.value.replace("\u00a0", " ")) in text and quantity.source_url in text, quantity.id


def test_links_between_the_plain_pages_lead_somewhere(site):
    broken = []
    for source in PAGES:
        text = re.sub(r"(?s)(```+).*?\1|`[^`\n]*`|\*This part is gathered[^\n]*", "", (site.folder / twin(source)).read_text())
        for link in re.findall(r"\]\(([^)\s]+)", text):
            target = urlsplit(urljoin(site.url + twin(source), link))
            path = unquote(target.path.lstrip("/"))
            if target.netloc in site.url and not ((site.folder / path).is_file() and path.endswith(("html.md", ".pdf", ".apkg", ".csv"))):
                broken.append((source, link))
    assert not broken


@pytest.mark.parametrize("source", PAGES)
def test_head_names_the_markdown(source, site):
    link = re.search('<link rel="alternate " type="text/markdown" href="([^"]+)"', site.read(address(source)))
    assert link[1] == site.url + twin(source)


def test_llms_txt_has_title_summary_and_sections_that_list_every_page(site):
    text = (site.folder / "llms.txt").read_text()
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "# System Design Notes" and lines[1].startswith("> ")
    listed = re.findall(r"(?m)^- \[([^]]+)\]\((\S+)\): (.{50,160})$", text)
    assert sorted(url for _, url, _ in listed) == sorted(site.url + twin(source) for source in PAGES)
    assert len(listed) == text.count("\n- ")
    for title, url, description in listed:
        source = next(source for source in PAGES if site.url + twin(source) == url)
        front = yaml.safe_load((DOCS / source).read_text().split("---\n")[1])
        assert (front["title"], front["description"]) == (title, description)
    assert "\n## Technologies\n" in text and "None" not in text


def test_callout_becomes_a_quotation_with_what_it_holds():
    text = '!!! trap "Redis is *safe*"\n    See [x](y.md).\n\n    ```sql\n    SELECT 1\n    ```\n\nAfter.'
    assert written(text) == "> **Trap: Redis is *safe*\n>\n".replace("safe*", "safe***") + (
        "> See [x](Y.MD).\n>\n> ```sql\n> SELECT 1\n> ```\n\nAfter."
    )
    assert written('??? question "Why?"\n    Because.').startswith("> **Question: Why?**\n>\n> Because.")
    assert written('??? question own-anchor "Why?"\n    Because.').startswith("> **Question: Why?**\n>\n> Because.")


def test_callout_may_be_written_with_other_spaces():
    for opener in ('!!!trap "Said"', '!!! trap  own-anchor  "Said"', '??? trap   "Said"'):
        assert written(f"{opener}\n    True.") == "> **Trap: Said**\n>\n> True.\n", opener


def test_code_is_left_alone():
    text = "````markdown\n```numbers\nredis\n```\n!!! trap\n    [a](b.md) {#c}\n````\n\n`[a](b.md) {.x}` and ``a ` [b](c.md)``"
    assert written(text) == text


def test_attributes_and_layout_are_left_out():
    assert written("## Heading {#anchor}\n<div class=x markdown>\ntext{.no-links} {...} {a: 1}\n</div>") == "## Heading\ntext {...} {a: 1}"
    assert written('<div class="note" markdown>Never lose **this**.</div>') == "Never lose **this**."
    assert written('<div class="note" markdown><div>\n`<div>` stays\n</div> </div>') == "`<div>` stays"


def test_address_of_a_reference_leads_to_plain_markdown():
    assert written("[it][b]\n\n[b]: b.md#x\n[^b]: See b.md") == "[it][b]\n\n[b]: B.MD#X\n[^b]: See b.md"


def test_figure_in_a_sentence_is_its_value_with_condition_and_source():
    quantity = next(q for q in quantities() if q.id == "redis-max-clients")
    assert written("About `#!number redis-max-clients`.") == (
        f'About [10,000 connections]({quantity.source_url} "{quantity.label}. {quantity.condition} (limit). {quantity.source_title}").'
    )
    assert written("`#!number nope`") == "`#!number nope`"


def test_diagram_stays_and_its_caption_follows():
    text = '```mermaid caption="What to see."\nflowchart LR\n  click A href "b.md"\n```'
    assert written(text) == '```mermaid\nflowchart LR\n  click A href "B.MD"\n```\n\n*What to see.*'


def test_fence_that_only_the_build_knows_leads_to_the_page():
    assert written("```callouts\ntrap\n```", {"callouts"}) == (
        "*This part is gathered by the build: [read it on the page](https://example.com/page/).*"
    )
    assert written("```sql\nSELECT 1\n```", {"callouts"}) == "```sql\nSELECT 1\n```"


def test_fence_without_an_end_and_an_empty_callout_do_no_harm():
    assert written("```sql\nSELECT 1") == "```sql\nSELECT 1\n```"
    assert "**Trap**" in written("!!! trap")


def test_table_of_figures_is_a_table_to_a_markdown_parser():
    html = Markdown(extensions=["tables"]).convert("\n".join(table(quantities())))
    assert html.count("<tr>") == len(quantities()) + 1
    assert html.count("<td>") == 4 * len(quantities())


def test_no_fence_is_written_out_that_the_settings_lack():
    named = re.findall(r"name: ([\w-]+)[\s,]", (ROOT / "mkdocs.yml").read_text().split("custom_fences:")[1].split("plugins:")[0])
    assert set(WRITTEN_OUT) | {"mermaid"} <= set(named)


def test_tab_indents_as_on_the_page(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    warnings_of(tmp_path, {"docs": {"index.md": GOOD + '# Home\n\n!!! trap "Said"\n\tTrue.'}}, caplog)
    assert "> **Trap: Said**\n>\n> True.\n" in (tmp_path / "site" / "index.html.md").read_text()


@pytest.mark.parametrize("source", PAGES)
def test_samples_of_code_are_the_same_to_the_letter(source, site):
    text = (site.folder / twin(source)).read_text()
    for sample in re.findall(r"(?ms)^```(?:python|sql|java|text)\n.*?^```$", (DOCS / source).read_text()):
        assert sample in text


def test_pages_of_a_nested_section_are_listed_in_llms_txt_and_on_the_404_page(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    names = ["index.md", "t/a.md", "t/u/b.md"]
    nav = ["index.md", {"T": ["t/a.md", {"U": ["t/u/b.md"]}, {"Elsewhere": "https://example.com/"}]}]
    assert warnings_of(tmp_path, {"docs": {name: "{good}\n# " + name for name in names}, "nav": nav}, caplog) == []
    listed = re.findall(r"(?m)^- \[[^]]+\]\(\S*?//[^/]+/(\S+)\)", (tmp_path / "site" / "llms.txt").read_text())
    assert listed == ["index.html.md", "t/a/index.html.md", "t/u/b/index.html.md"]
    article = (tmp_path / "site" / "404.html").read_text().partition("<article")[2]
    assert re.findall(r'<li><a href="([^"]+)"', article)[:2] == ["/t/a/", "/t/u/b/"]


def test_page_with_a_space_in_its_name_is_a_link_in_llms_txt_and_has_a_card(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home", "ö b.md": "{good}\n# B"}}, caplog)
    assert "/%C3%B6%20b/index.html.md)" in (tmp_path / "site" / "llms.txt").read_text()
    page = (tmp_path / "site" / "ö b" / "index.html").read_text()
    assert "assets/social/%C3%B6%20b.png" in page


def test_broken_link_is_kept_and_a_forced_term_leads_to_its_home(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    docs = {
        "index.md": GOOD + "\nText first. [a](a/b.md#c), [gone](gone.md), [x](https://x.com/), [own](#c), [f](f%20g.svg), [it](term:b-tree)",
        "a/b.md": GOOD + "\n# B\n\n## C\n[up](../index.md)",
        "f g.svg": "<svg/>",
        "reference/glossary.md": GOOD + "\n# Glossary\n\nBee (B tree)\n:   It is. [B](../a/b.md#c)\n",
    }
    with caplog.at_level(logging.CRITICAL):
        warnings_of(tmp_path, {"docs": docs}, caplog)
    text = (tmp_path / "site" / "index.html.md").read_text()
    assert text == "# A page\n\nText first. [a](a/b/index.html.md#c), [gone](gone.md), [x](https://x.com/), [own](#c), [f](f%20g.svg), [it](a/b/index.html.md#c)\n"
    assert "[up](../../index.html.md)" in (tmp_path / "site" / "a/b/index.html.md").read_text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```x``` and [a](b.md)\n\n\n[c](d.md)", "```x``` and [a](B.MD)\n\n\n[c](D.MD)"),
        ('```mermaid\nflowchart LR\n  click A "b.md" "tip"\n```', '```mermaid\nflowchart LR\n  click A "B.MD" "tip"\n```\n'),
        ("```mermaid caption='Say \"why\".'\nflowchart LR\n```", '```mermaid\nflowchart LR\n```\n\n*Say "why".*'),
    ],
)
def test_code_in_a_sentence_and_other_ways_to_write_a_diagram(text, expected):
    assert written(text) == expected
