"""Everybody can read the site: with a screen reader, by keyboard, enlarged, without motion, without JavaScript."""

import re
import time

import pytest
from markdown import Markdown

from tests.conftest import ROOT, begin

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
FAULTS = """async () => (await axe.run(document, { resultTypes: ["violations"], preload: false })).violations
  .map(({ id, nodes }) => `${id}: ${nodes.length} times, first ${nodes[0].html.slice(0, 200)}`)"""
SCHEMES = {"light": "default", "dark": "slate"}
TOPIC = "technologies/redis/"
FOCUSED = """() => {
  let element = document.activeElement
  if (element.matches(".md-option")) element = element.nextElementSibling // the theme marks the label of the choice
  const box = element.getBoundingClientRect(), style = getComputedStyle(element)
  return {
    name: element === document.body ? "body" : document.activeElement.outerHTML.slice(0, 250),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
      && element.checkVisibility({ visibilityProperty: true }),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
  }
}"""


@pytest.fixture
def open_tab(browser):
    """Return a function that opens an address in a browser with these options."""
    contexts = []

    def open_tab(address: str, width: int = 1280, **options):
        # The pages' content security policy would forbid to evaluate what a test waits for.
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if options.get("java_script_enabled", True):
            begin(page)
        return page

    yield open_tab
    for context in contexts:
        context.close()


def test_axe_finds_nothing_on_any_page(site, open_tab):
    """In the light before the scripts of a page run, in the dark when they do; two widths at once, each on its processor."""
    tabs = {width: open_tab(site.url, width, reduced_motion="reduce") for width in (360, 1280)}
    faults = {}
    for address in site.pages:
        for tab in tabs.values():
            tab.emulate_media(color_scheme="light")
            tab.goto(site.url + address)
            tab.evaluate(AXE)
        for scheme, name in SCHEMES.items():
            for tab in tabs.values():
                tab.emulate_media(color_scheme=scheme)
                tab.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=name)
                if scheme == "dark":
                    begin(tab)
                tab.evaluate(f"void (window.faults = ({FAULTS})())")
            for width, tab in tabs.items():
                if found := tab.evaluate("faults"):
                    faults[address, width, scheme] = found
    assert not faults


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_when_search_or_drawer_is_open(width, site, open_tab):
    page = open_tab(site.url + TOPIC, width, reduced_motion="reduce")
    page.evaluate(AXE)
    page.keyboard.press("/")
    page.keyboard.type("quorum")
    page.locator(".md-search-result__item").first.wait_for()
    assert page.evaluate(FAULTS) == []
    page.keyboard.press("Escape")
    if width == 360:
        page.locator("header label[for=__drawer]").click()
        page.wait_for_timeout(400)
        assert page.evaluate(FAULTS) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_every_stop_of_the_tab_key_is_seen_and_marked(width, site, open_tab):
    page = open_tab(site.url, width, reduced_motion="reduce")
    lost, stops = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        page.wait_for_timeout(30)
        stop = page.evaluate(FOCUSED)
        if stop["name"] == "body":  # once around
            break
        stops.append(stop["name"])
        if not (stop["seen"] and stop["marked"]):
            lost.append(stop)
        if "search-query" in stop["name"]:
            page.keyboard.press("Escape")
    assert not lost
    assert [name for name in stops if "Colors:" in name] and [name for name in stops if "search" in name]


def test_drawer_opens_leads_on_and_closes_by_keyboard(site, open_tab):
    page = open_tab(site.url + TOPIC, 360, reduced_motion="reduce")
    page.locator("header label[for=__drawer]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('__drawer').checked")
    assert page.locator(".md-sidebar--primary a").first.is_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("!document.getElementById('__drawer').checked")
    assert "__drawer" in page.evaluate("document.activeElement.htmlFor")


def test_drawer_is_seen_while_it_slides_and_out_of_the_way_when_closed(site, open_tab):
    page = open_tab(site.url + TOPIC, 360)
    drawer = page.locator(".md-sidebar--primary")
    seen = "drawer => [getComputedStyle(drawer).visibility, drawer.getBoundingClientRect().left < 0]"
    page.locator("header label[for=__drawer]").click()
    page.wait_for_function("document.querySelector('.md-sidebar--primary').getBoundingClientRect().left === 0")
    page.evaluate("document.getElementById('__drawer').click()")
    page.wait_for_function("document.querySelector('.md-sidebar--primary').getBoundingClientRect().left < -20")
    assert drawer.evaluate(seen) == ["visible", True]
    page.wait_for_function("getComputedStyle(document.querySelector('.md-sidebar--primary')).visibility === 'hidden'")


@pytest.mark.parametrize("link", ["article a[href*='replication/#']", "article a[href*='cap-theorem/#']", ".md-tabs a[href*='technologies/']"])
def test_focus_goes_to_the_new_page_on_instant_navigation(link, site, open_tab):
    """... also where the theme notes how far the old page was scrolled after it has begun to fetch the new one."""
    page = open_tab(site.url + "fundamentals/partitioning/")
    page.route(re.compile("/(?!partitioning)[^/]+/$"), lambda route: (time.sleep(0.2), route.continue_()))
    page.evaluate("window.kept = true")
    target = page.locator(link).first
    address = target.evaluate("link => link.href")
    target.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    page.wait_for_function("document.activeElement.matches('h1, h2, h3')")
    assert page.evaluate("window.kept"), "the page was loaded anew"
    anchor = address.partition("#")[2]
    if anchor:
        page.wait_for_function("id => document.activeElement.id === id && location.hash === `#${id}`", arg=anchor)
        page.wait_for_timeout(300)
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") < 300
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.md-main') !== null")


def test_focus_follows_a_result_of_search(site, open_tab):
    page = open_tab(site.url)
    page.keyboard.press("/")
    page.keyboard.type("gossip")
    page.locator(".md-search-result__item a").first.wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("h=gossip"))
    page.wait_for_function("document.activeElement.closest('article') !== null")


def test_nothing_moves_for_who_asked_for_that(site, open_tab):
    page = open_tab(site.url + TOPIC, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
      const style = getComputedStyle(element)
      return style.transitionProperty !== "none" && style.transitionDuration.split(",").some(time => parseFloat(time) > 0)
        || style.animationName !== "none" || style.scrollBehavior === "smooth"
    }).map(element => element.outerHTML.slice(0, 100))"""
    page.keyboard.press("/")
    assert page.evaluate(moving) == []
    found = {}
    for address in site.pages:
        page.goto(site.url + address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if elements := page.evaluate(moving):
            found[address] = elements
    assert not found


@pytest.mark.parametrize("width", [320, 640], ids=["400 %", "200 %"])
def test_enlarged_page_flows_anew_and_hides_nothing(width, site, open_tab):
    """A window of 1280 pixels, enlarged, has room for as many CSS pixels."""
    page = open_tab(site.url, width)
    wide = {}
    clipped = """() => [...document.querySelectorAll("article :is(p, li, h1, h2, h3, summary, dt, dd, figcaption)")]
      .filter(element => element.checkVisibility() && !element.closest(".md-typeset__scrollwrap, .diagram-box, pre, .unseen"))
      .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
      .map(element => element.outerHTML.slice(0, 120))"""
    for address in site.pages:
        page.goto(site.url + address)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0 or (lost := page.evaluate(clipped)):
            wide[address] = over or lost
    assert not wide


def test_every_table_has_headers_and_a_caption(site):
    for page in site.pages:
        for table in re.findall(r"<table.*?</table>", site.read(page), re.S):
            if 'class="highlighttable"' in table:
                continue
            assert re.search(r"<caption[^>]*>\s*\S", table), (page, table[:300])
            assert "<th" in table and not re.search(r"<th[^>]*>\s*</th>", table), (page, table[:300])


def test_folded_answers_are_details(site):
    html = "".join(site.read(page) for page in site.pages)
    assert html.count("<details class=") > 100
    assert not re.findall(r'<div class="[^"]*\bquestion\b', html)


def test_every_page_is_complete_without_javascript(site, open_tab):
    """Every word, table and picture that stands on a page with it stands there without it too."""
    seen = """() => ({
      words: [...document.querySelectorAll("article :is(h1, h2, h3, p, li, dt, dd, td, figcaption, summary)")]
        .filter(element => element.checkVisibility() && !element.closest(".search-door, .offline, .sheet-tools, .glossary-tools, .self-test, .calculator, .ticks"))
        .map(element => element.textContent.replace(/\\s+/g, " ").trim()).filter(Boolean),
      pictures: [...document.querySelectorAll("article svg[role]")].filter(one => one.getBoundingClientRect().width > 20).length,
    })"""
    tabs = open_tab(site.url), open_tab(site.url, java_script_enabled=False)
    lost, pictures = {}, 0
    for address in site.pages:
        for tab in tabs:
            tab.goto(site.url + address)
        begin(tabs[0])
        found, left = (tab.evaluate(seen) for tab in tabs)
        missing = set(found["words"]) - set(left["words"])
        if missing or left["pictures"] != found["pictures"]:
            lost[address] = missing or (left["pictures"], found["pictures"])
        pictures += left["pictures"]
    assert not lost and pictures > 100


@pytest.mark.parametrize("address", [TOPIC, "reference/self-test/"])
def test_focus_that_goes_back_is_not_under_the_header(address, site, open_tab):
    page = open_tab(site.url + address, reduced_motion="reduce")
    page.locator("article :is(h2, summary)").nth(12).scroll_into_view_if_needed()
    page.locator("article :is(a, summary):not(.headerlink)").nth(60).focus()
    bottom = page.evaluate("document.querySelector('.md-header').getBoundingClientRect().bottom")
    under = []
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        name, inside, end = page.evaluate("""() => {
          const element = document.activeElement
          return [element.outerHTML.slice(0, 120), Boolean(element.closest("article")), element.getBoundingClientRect().bottom]
        }""")
        if inside and end < bottom + 1:
            under.append(name)
    assert not under


def test_closed_search_gives_the_focus_back(site, open_tab):
    page = open_tab(site.url + TOPIC)
    link = page.locator("article p a").nth(30)
    link.focus()
    page.wait_for_timeout(300)  # keyboard.js comes with the first focus
    place = page.evaluate("scrollY")
    for _ in range(2):
        page.keyboard.press("/")
        page.keyboard.type("quorum")
        page.locator(".md-search-result__item a").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        page.wait_for_function("!document.getElementById('__search').checked")
        page.wait_for_timeout(100)
        assert link.evaluate("link => link === document.activeElement")
        assert abs(page.evaluate("scrollY") - place) < 5
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def test_forced_colors_show_what_unfolds_and_not_what_is_covered(site, open_tab):
    page = open_tab(site.url + "reference/cheat-sheet/", forced_colors="active")
    page.get_by_role("button", name="Cover").click()
    assert page.locator(".cover").nth(3).evaluate("lid => getComputedStyle(lid).color") == "rgba(0, 0, 0, 0)"
    page.goto(site.url + TOPIC)
    signs = """summary => ["::before", "::after"].map(part => getComputedStyle(summary, part).backgroundColor)"""
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    shown = page.locator("details.question summary").first.evaluate(signs)
    assert ground not in shown and "rgba(0, 0, 0, 0)" not in shown


@pytest.mark.parametrize("width", [360, 1280])
def test_search_says_what_it_needs_without_javascript(width, site, open_tab):
    page = open_tab(site.url + TOPIC, width, java_script_enabled=False)
    assert page.locator(".search-needs").is_visible()  # get_by_text looks into no noscript
    assert not page.locator("[data-md-component=search-query]").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".search-needs").is_visible()
    page.emulate_media(media="screen")
    page.locator(".search-needs a").click()
    page.wait_for_url(site.url + "reference/glossary/")


# The extension, on a page of its own.


def converted(text: str) -> str:
    tasks = {"pymdownx.tasklist": {"clickable_checkbox": True}}
    extensions = ["tables", "toc", "pymdownx.tasklist", "hooks.names"]
    return Markdown(extensions=extensions, extension_configs=tasks | {"toc": {"permalink": True}}).convert(text)


def test_table_is_named_by_the_heading_above_it():
    table = "| | b |\n| --- | --- |\n| 1 | 2 |\n\n"
    html = converted(f"## Quorums\n\n{table}Text.\n\n{table}## Logs\n\n{table}")
    assert re.findall("<caption[^>]*>(.*?)</caption>", html) == ["Quorums", "Quorums, table 2", "Logs"]
    assert "<th></th>" not in html and html.count("<th>b</th>") == 3


def test_check_box_is_named_by_its_item():
    html = converted('- [ ] Read [CAP](cap.md) & "quorums"\n- [x] Sleep')
    assert re.findall('aria-label="(.*?)"', html) == ["Read CAP &amp; &quot;quorums&quot;", "Sleep"]


def test_check_box_in_a_list_within_has_its_own_name():
    html = converted("- [ ] Read\n    - [ ] CAP\n    - [ ] Quorums\n- [ ] Sleep")
    assert re.findall('aria-label="(.*?)"', html) == ["Read", "CAP", "Quorums", "Sleep"]
