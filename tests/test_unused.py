"""What is left out of style sheets, pages and scripts makes no difference to a reader, and makes pages small."""

import io
import re
from pathlib import Path
from types import SimpleNamespace

import material
import pytest
import tree_sitter_javascript
from PIL import Image, ImageChops, ImageFilter
from rjsmin import jsmin
from tree_sitter import Language, Parser

from benchmarks import pages
from hooks import disk, one_sheet, scrolling
from hooks.unused import parsed, prune, without_spaces
from tests.conftest import ROOT, begin

SCRIPTS = [path for path in sorted((ROOT / "docs/assets/javascripts").glob("*.js")) if ".min." not in path.name]
SCRIPTS += sorted((ROOT / "overrides/partials").glob("*.html"))  # which hold one each
PAGE = '<html dir="ltr"><body class="js"><p class="note" data-kind="x">text</p></body></html>'


@pytest.mark.parametrize(
    "css, left",
    [
        (".note{a:b}.gone{a:b}", ".note{a:b}"),
        (".note,.gone,p{a:b}", ".note,p{a:b}"),
        (".note .gone{a:b}", ""),
        ("#gone{a:b}video{a:b}p>*{a:b}", "p>*{a:b}"),
        (".note:not(.gone):hover::before{a:b}", ".note:not(.gone):hover::before{a:b}"),
        ("[data-kind=x]{a:b}[data-kind=y]{a:b}[data-gone]{a:b}", "[data-kind=x]{a:b}"),
        ("[dir=ltr] p{a:b}[dir=rtl] p{a:b}", "[dir=ltr] p{a:b}"),
        ("@media print{.note{a:b}.gone{a:b}}@media screen{.gone{a:b}}", "@media print{.note{a:b}}"),
        (".made{a:b}", ".made{a:b}"),  # by a script
        (":root{--a:1;--b:var(--a);--c:2}.note{d:var(--b)}", ":root{--a:1;--b:var(--a)}.note{d:var(--b)}"),
        (":root{--a:1}.gone{b:var(--a)}", ""),
        ("@keyframes on{to{a:b}}@keyframes off{to{a:b}}p{animation:on 1s}", "@keyframes on{to{a:b}}p{animation:on 1s}"),
        ('@charset "UTF-8";@page{margin:0}p{/* why */ a : "; }" ; }', '@charset "UTF-8";@page{margin:0}p{a : "; }"}'),
    ],
)
def test_rule_stays_if_something_uses_it(css, left):
    assert prune([css], [PAGE], ['element.className = "made"']) == [left]


def test_sheet_may_refer_to_what_another_declares():
    assert prune([":root{--a:1;--b:2}", "p{c:var(--a)}"], [PAGE], []) == [":root{--a:1}", "p{c:var(--a)}"]


def test_live_preview_parses_no_style_sheet_again(site):
    sheets = [path.read_text() for path in site.folder.rglob("*.css")]
    prune(sheets, [PAGE], [])
    before = parsed.cache_info().misses
    prune(sheets, [PAGE], [])
    assert parsed.cache_info().misses == before


def test_spaces_go_where_they_mean_nothing():
    html = "\n\n<p>\n\n  one  two\n</p>\n\n<pre>\n  a\n\n  b</pre>\n\n<script>\n\n1</script>"
    assert without_spaces(html) == "<p>\none  two\n</p>\n<pre>\n  a\n\n  b</pre>\n<script>\n\n1</script>"


def test_spaces_of_a_diagram_for_the_browser_stay():
    """A mind map is made of them."""
    html = '<div class="mermaid">mindmap\n  root\n    a\n</div>\n  <div>\n  b</div>'
    assert without_spaces(html) == html.replace("\n  <div>\n  b", "\n<div>\nb")


@pytest.fixture(scope="module")
def full_sheets(site):
    """The style sheets of the theme and the site as they were before, by file name."""
    own = {path.name: path.read_text() for path in (ROOT / "docs" / "assets" / "stylesheets").glob("*.css")}
    theme = (Path(material.__file__).parent / "templates" / "assets" / "stylesheets").glob("*.css")
    main, palette = (path.read_text() for path in sorted(theme))
    # What style elements held is in the published sheet alone: icons between the theme's and the site's, then callouts.
    shared = (site.folder / one_sheet.FOLDER / one_sheet.NAME).read_text()
    icons = re.search(r":root\{--md-admonition-icon--trap[^}]*\}", shared)[0]
    callouts = shared[shared.rindex(".md-typeset .trap{--callout") :]
    return own | {one_sheet.NAME: scrolling.for_boxes("\n".join([main, palette, icons, own["site.css"], callouts]))}


def picture(page, whole: bool) -> Image.Image:
    """Return what the page, or the window, shows."""
    return Image.open(io.BytesIO(page.screenshot(full_page=whole, animations="disabled", caret="hide"))).convert("RGB")


def opened_search(page):
    page.keyboard.press("/")
    page.keyboard.type("quorum")
    page.locator(".md-search-result__item").first.wait_for()


def opened_drawer(page):
    page.locator("header label[for=__drawer]").click()
    page.wait_for_timeout(400)


def tooltip_of_footnote(page):
    page.locator("a.footnote-ref").first.hover()
    page.locator(".hint").wait_for()


def tooltip_of_term(page):
    page.locator("a.term").first.hover()
    page.locator(".hint").wait_for()


def copied_code(page):
    page.locator(".md-code__button").first.click(force=True)
    page.locator(".md-dialog--active").wait_for()
    page.wait_for_url("**/#*")  # the theme has marked in the contents the section that the click scrolled to


def opened_answers(page):
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def print_style(page):
    page.emulate_media(media="print")


STATES = [
    ("technologies/redis/", 1280, opened_search), ("technologies/redis/", 360, opened_search),
    ("technologies/redis/", 360, opened_drawer), ("technologies/redis/", 1280, tooltip_of_footnote),
    ("technologies/redis/", 1280, tooltip_of_term), ("technologies/redis/", 1280, copied_code),
    ("technologies/postgresql/", 1280, opened_answers), ("technologies/redis/", 800, print_style),
]  # fmt: skip


def both(site, browser, full_sheets, scheme, width):
    """Return a tab that gets the style sheets as published and one that gets them whole."""
    tabs = []
    for whole in (False, True):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        if whole:
            context.route("**/*.css", lambda route: route.fulfill(body=full_sheets[route.request.url.rpartition("/")[2]], content_type="text/css"))
        tabs.append(context.new_page())
    return tabs


def differing(tabs, address, act=None) -> tuple | None:
    """Return the box in which two tabs show the page differently, None if there is none."""
    pictures = []
    for tab in tabs:
        tab.goto(address)
        begin(tab)
        if act:
            act(tab)
        pictures.append(picture(tab, whole=act in (None, opened_answers, print_style)))
    assert pictures[0].size == pictures[1].size, address
    # Edges of letters and icons are smoothed a little differently from one drawing to the next; a rule that is missing
    # shows as an area, here of at least three by three pixels.
    difference = ImageChops.difference(*pictures).convert("L").point(lambda value: 255 if value > 8 else 0)
    return difference.filter(ImageFilter.MinFilter(3)).getbbox()


def always_differing(*place) -> tuple | None:
    """Return the box that differs three times: what a page draws while it settles differs now and then only."""
    for _ in range(3):
        if not (box := differing(*place)):
            return None
    return box


KINDS = [
    "", "interview/", "study-plan/", "fundamentals/estimation/", "technologies/redis/", "scenarios/uber/", "reference/glossary/",
    "reference/cheat-sheet/", "reference/choosing/", "404.html",
]  # fmt: skip


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 360)])
def test_pages_look_the_same_with_the_whole_style_sheets(scheme, width, site, browser, full_sheets):
    """One page of each kind: what the others hold is held by these too."""
    tabs = both(site, browser, full_sheets, scheme, width)
    differences = {page: box for page in KINDS if (box := always_differing(tabs, site.url + page))}
    for tab in tabs:
        tab.context.close()
    assert not differences


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address, width, act", STATES, ids=[f"{act.__name__}-{width}" for _, width, act in STATES])
def test_what_opens_looks_the_same_too(address, width, act, scheme, site, browser, full_sheets):
    tabs = both(site, browser, full_sheets, scheme, width)
    try:
        assert not always_differing(tabs, site.url + address, act)
    finally:
        for tab in tabs:
            tab.context.close()


def test_first_visit_of_home_and_every_topic_page_is_small(site, browser):
    with pages.served(site.folder) as server:
        sizes = pages.weights(browser, server, site.folder)
    assert len([page for page in sizes if page.startswith("scenarios/")]) >= 10
    heavy = {page: size for page, size in sizes.items() if size > pages.LIMIT and page.startswith(pages.TOPICS)}
    print(f"home {sizes['']:,}", *(f"{size:,} {page}" for page, size in sorted(sizes.items(), key=lambda item: -item[1])), sep="\n")
    assert not heavy and sizes[""] <= pages.LIMIT


# hooks/one_sheet.py, on a page of its own.

HEAD = """<head>
<link rel="stylesheet" href="../assets/stylesheets/main.css">
<style>p{a:b}</style>
<script>1</script>
<link rel="stylesheet" href="../assets/stylesheets/site.css">
</head><link rel="stylesheet" href="../assets/stylesheets/own.css"><style>q{a:b}</style>"""


def test_head_names_one_sheet_and_the_body_keeps_its_own():
    assert one_sheet.sheets(HEAD) == [("main.css", ""), ("", "p{a:b}"), ("site.css", "")]
    assert one_sheet.with_one(HEAD) == (
        '<head>\n<link rel="stylesheet" href="../assets/stylesheets/shared.css">\n<script>1</script>\n'
        '</head><link rel="stylesheet" href="../assets/stylesheets/own.css"><style>q{a:b}</style>'
    )


def test_sheet_is_known_whatever_the_order_of_its_attributes():
    assert one_sheet.sheets('<link href="../a/b.css" rel="stylesheet"/><link href="x.css" rel="icon"></head>') == [("b.css", "")]


def test_one_sheet_holds_what_pages_named_in_their_order(tmp_path):
    folder = tmp_path / one_sheet.FOLDER
    folder.mkdir(parents=True)
    for name in ("main", "site", "own"):
        (folder / f"{name}.css").write_text(f"{name}{{a:b}}")
    one_sheet.on_env(None)
    assert one_sheet.on_post_page(HEAD) == one_sheet.with_one(HEAD)
    assert one_sheet.on_post_template("<urlset></urlset>", template_name="sitemap.xml") == "<urlset></urlset>"
    one_sheet.on_post_build(SimpleNamespace(site_dir=str(tmp_path)))
    assert (folder / one_sheet.NAME).read_text() == "main{a:b}\np{a:b}\nsite{a:b}"
    assert sorted(path.name for path in folder.iterdir()) == ["own.css", "shared.css"]
    one_sheet.on_post_template(HEAD.replace("p{a:b}", "p{a:c}"), template_name="404.html")
    with pytest.raises(ValueError, match="pages differ"):
        one_sheet.on_post_build(SimpleNamespace(site_dir=str(tmp_path)))
    one_sheet.on_env(None)
    one_sheet.on_post_page("<head></head>")
    one_sheet.on_post_build(SimpleNamespace(site_dir=str(tmp_path)))  # a theme without style


def test_every_page_waits_for_one_sheet(site):
    for page in site.pages:
        assert one_sheet.sheets(site.read(page)) == [(one_sheet.NAME, "")], page


def tokens(script: str) -> list[bytes]:
    """Return the words and signs of a script, without comments."""
    found, nodes = [], [Parser(Language(tree_sitter_javascript.language())).parse(script.encode()).root_node]
    while nodes:
        node = nodes.pop()
        if node.type != "comment":
            nodes += reversed(node.children)
            found += [node.text] * (not node.children)
    return found


@pytest.mark.parametrize("path", [*SCRIPTS, disk.SOURCE], ids=lambda path: path.name)
def test_shortened_script_says_the_same(path):
    """rjsmin knows no template within a template, and few places of a pattern: write those another way."""
    text = path.read_text()
    script = re.search(r"(?s)<script>(.*?)</script>", text)[1] if path.suffix == ".html" else text
    assert tokens(jsmin(script)) == tokens(script)


def test_scripts_in_pages_are_the_same_on_all(site):
    """Else the policy of each page holds the hashes of both forms."""

    def own(page: str) -> set[str]:
        return {text for text in re.findall(r"(?s)<script>(.*?)</script>", site.read(page)) if "__md_scope=" not in text}

    assert own("404.html") == own("")
