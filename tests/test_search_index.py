"""The search index holds what Material's own reader of pages would have put there."""

import re
from types import SimpleNamespace

import pytest
from material.plugins.search.plugin import Parser, Section
from mkdocs.config import load_config

from hooks.search_index import PLUGIN, Index, sections_of
from tests.conftest import ROOT

PAGE = '<h1 id="a">Page <code>A</code><a class="headerlink" href="#a">¶</a></h1>\n<p>Some <em>text</em>.</p>\n'
SAMPLES = {
    "sections": PAGE + '<h2 id="b">B</h2><p>b</p><h3 id="c">C</h3><p>c</p>',
    "text before the first heading": "before <p>it</p>" + PAGE,
    "no heading": "<p>Only text</p>",
    "a page that begins with a lower heading": '<h2 id="b">B</h2><p>b</p>',
    "a heading without an anchor": PAGE + "<h2>B</h2><p>b</p>",
    "a heading within an element": PAGE + '<div><h2 id="b">B</h2><p>b</p></div><p>of the page again</p>',
    "headings within an element": PAGE + '<ul><li><h2 id="b">B</h2>b<h3 id="c">C</h3>c</li><li>of the page</li></ul>',
    "numbers of lines": PAGE + '<table><tr><td><div class="linenodiv"><pre><span></span>1\n2</pre></div></td><td><pre><code>a\nb</code></pre></td></tr></table>',
    "signs": PAGE + "<p>a &lt; b &amp;&amp; &quot;c&quot; &eacute; 😀 עברית</p>",
    "code": PAGE + '<pre><code>a\n  b <span class="k">c</span>\n\n</code></pre><p>a\n<code>b</code>\n</p>',
    "spaces": PAGE + "<table>\n<tr>\n<td> a </td>\n<td>b</td>\n</tr>\n</table>\n \n<p>\nc</p>",
    "empty elements": PAGE + "<ul><li></li></ul><p> </p><p></p><p>a</p><ol>\n</ol><sup></sup>",
    "void elements": PAGE + '<p>a<br>b<img src="c.png" alt="d">e <code>/g/<wbr>h</code></p><hr><input type="checkbox">f',
    "left out by an author": PAGE + '<p data-search-exclude="">a</p><h2 id="b" data-search-exclude>B</h2><p>b</p><h2 id="c">C</h2><p>c</p>',
    "left out by its kind": PAGE + "<script>a < b</script><style>c</style><object>d</object><p>e<!-- f -->g</p>",
}


def told(sections: list[Section]) -> list[tuple]:
    """What the index takes of sections."""
    return [
        (section.id, section.el.tag, "".join(section.title).strip(), "".join(section.text).strip())
        for section in sections if not section.is_excluded()
    ]  # fmt: skip


def by_material(html: str) -> list[Section]:
    parser = Parser()
    parser.feed(html)
    parser.close()
    return parser.data


@pytest.mark.parametrize("html", SAMPLES.values(), ids=SAMPLES.keys())
def test_sections_are_those_of_materials_reader(html):
    assert told(sections_of(html)) == told(by_material(html))


def test_sections_of_every_page_are_those_of_materials_reader(site):
    read = 0
    for path in site.folder.rglob("*.html"):
        if content := re.search(r"<h1\b.*(?=</article>)", path.read_text(encoding="utf-8"), re.S):
            assert told(sections_of(content[0])) == told(by_material(content[0])), path
            read += 1
    assert read > 40


def test_nothing_of_an_element_that_is_left_out_is_indexed():
    """Material's reader goes on after the first end tag of the same name."""
    html = PAGE + "<div data-search-exclude><div>a</div>b<p>c</p></div><p>d</p>"
    assert told(sections_of(html)) == told(sections_of(PAGE + "<p>d</p>"))


@pytest.mark.parametrize("html", ["", "\n", "<!-- nothing -->", "<p"])
def test_page_without_content_is_read(html):
    assert "".join(piece for section in sections_of(html) for piece in section.text).strip() == ""


def test_plugin_of_the_site_indexes_this_way():
    config = load_config(str(ROOT / "mkdocs.yml"))
    config.plugins.on_startup(command="serve", dirty=False)  # "build" would make hooks of later tests expect a whole site
    config = config.plugins.on_config(config)
    plugin = config.plugins[PLUGIN]
    assert type(plugin.search_index).__name__ == Index.__name__  # not its class: MkDocs loads the hook a second time
    page = SimpleNamespace(content=PAGE, meta={"search": {"exclude": True}}, toc=[], url="a/", title="A")
    plugin.search_index.add_entry_from_context(page)
    assert plugin.search_index.entries == []
    page.meta = {}
    plugin.search_index.add_entry_from_context(page)
    assert plugin.search_index.entries == [{"location": "a/", "title": "Page <code>A</code>", "text": "<p>Some text.</p>"}]
