"""hooks/scrolling.py: wide tables and code."""

from hooks.scrolling import on_page_content
from tests.conftest import wait_until


def test_table_is_boxed_and_its_box_named():
    html = "<p>Before.</p>\n<table>\n<caption class=\"unseen\">Acks &amp; <code>\"all\"</code></caption><tbody></tbody>\n</table>\n<table><tr></tr></table>"
    first, second = on_page_content(html).split("<div class=\"md-typeset__scrollwrap\"")[1:]
    assert first.startswith(' role="group" aria-label="Acks &amp; &quot;all&quot;" tabindex="0"><div class="md-typeset__table"><table class="boxed">')
    assert first.rstrip().endswith("</table></div></div>")
    assert second.startswith(' role="group" aria-label="Table" tabindex="0">')


def test_table_with_a_class_stays_as_it_is():
    html = '<table class="sheet-full"><caption>Numbers</caption></table>'
    assert on_page_content(html) == html


def test_path_in_a_table_breaks_behind_its_slashes_and_no_other_code_does():
    html = "<p><code>/a/b</code> and/or</p><table><tr><td><code>GET /rides/{id}/events</code> and/or <code>application/json</code></td></tr></table>"
    boxed = on_page_content(html)
    assert boxed.startswith("<p><code>/a/b</code> and/or</p>")
    assert "<code>GET /rides/<wbr>{id}/<wbr>events</code> and/or <code>application/<wbr>json</code>" in boxed


def test_call_in_the_first_column_breaks_between_its_words_only_on_a_phone(site, open_page):
    page = open_page(site.url + "scenarios/notifications/", width=360)
    box = page.locator(".md-typeset__scrollwrap", has_text="PUT /preferences")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    torn = """cells => cells.filter(cell => {
      const range = document.createRange()
      range.selectNodeContents(cell)
      return range.getClientRects().length > cell.textContent.split(/[ ?]/).length
    }).map(cell => cell.textContent)"""
    names = box.locator("td:first-child code:not(:has(wbr))")
    assert names.count() > 4
    assert names.evaluate_all(torn) == []


def test_code_is_a_stop_of_the_tab_key_and_a_word_in_code_is_none():
    html = '<div class="highlight"><pre><span></span><code>SELECT 1</code></pre></div><pre><code>x</code></pre><p><code>y</code></p>'
    assert on_page_content(html).count('<code tabindex="0">') == 2
    assert on_page_content(html).endswith("<p><code>y</code></p>")


def test_what_has_nothing_to_scroll_is_no_stop_when_scripts_run(site, open_page):
    page = open_page(site.url + "technologies/kafka/")
    page.keyboard.press("Tab")  # brings keyboard.js
    wait_until(page, "document.querySelector('article .md-typeset__scrollwrap[tabindex=\"-1\"]')")
    stops = """all => all.filter(box => (box.tabIndex === 0) !== (box.scrollWidth > box.clientWidth)).map(box => box.outerHTML.slice(0, 200))"""
    boxes = page.locator("article :is(.md-typeset__scrollwrap, pre > code)")
    assert boxes.count() > 5
    assert boxes.evaluate_all(stops) == []


def test_theme_finds_no_table_to_box_and_no_rule_asks_for_a_missing_class(site, open_page):
    page = open_page(site.url + "technologies/postgresql/")
    assert page.locator("article table").count() == page.locator(".md-typeset__scrollwrap table").count() > 3
    assert page.locator(".md-typeset__table .md-typeset__table").count() == 0
    for path in site.folder.rglob("*.css"):
        assert "[class" not in path.read_text(), path
