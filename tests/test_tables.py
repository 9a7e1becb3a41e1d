"""hooks/tables.py: tables in their boxes."""

from hooks.tables import on_page_content


def test_table_is_boxed_and_its_box_named():
    html = "<p>Before.</p>\n<table>\n<caption class=\"unseen\">Acks &amp; <code>\"all\"</code></caption><tbody></tbody>\n</table>\n<table><tr></tr></table>"
    first, second = on_page_content(html).split("<div class=\"md-typeset__scrollwrap\"")[1:]
    assert first.startswith(' role="group" aria-label="Acks &amp; &quot;all&quot;"><div class="md-typeset__table"><table class="boxed">')
    assert first.rstrip().endswith("</table></div></div>")
    assert second.startswith(' role="group" aria-label="Table">')


def test_table_with_a_class_stays_as_it_is():
    html = '<table class="sheet-full"><caption>Numbers</caption></table>'
    assert on_page_content(html) == html


def test_theme_finds_no_table_to_box_and_no_rule_asks_for_a_missing_class(site, open_page):
    page = open_page(site.url + "technologies/postgresql/")
    assert page.locator("article table").count() == page.locator(".md-typeset__scrollwrap table").count() > 3
    assert page.locator(".md-typeset__table .md-typeset__table").count() == 0
    for path in site.folder.rglob("*.css"):
        assert "[class" not in path.read_text(), path
