"""The site as a person meets it: a real browser, light and dark, phone and desk."""

import re

import pytest

WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
WITH_DIAGRAMS = "fundamentals/networking/"


def overflow(page) -> int:
    """Return how many CSS pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("address", ["", WITH_DIAGRAMS, "study-plan/", "reference/cheat-sheet/", "no/such/page/"])
def test_page_renders_without_complaint_or_sideways_scrolling(address, scheme, width, site, open_page):
    page = open_page(site.url + address, width, scheme)
    assert overflow(page) <= 0
    body = page.evaluate("document.body.dataset.mdColorScheme")
    assert body == {"light": "default", "dark": "slate"}[scheme]
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(width, site, browser):
    page = browser.new_page(viewport={"width": width, "height": 900})
    wide = {}
    for address in site.pages:
        page.goto(site.url + address)
        if overflow(page) > 0:
            wide[address] = overflow(page)
    assert not wide


def test_no_page_asks_another_host(site, browser):
    """Every page loaded, with search opened once: fonts, scripts, pictures all come from the site."""
    context = browser.new_context()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for address in site.pages:
        page.goto(site.url + address)
    page.keyboard.press("/")
    page.keyboard.type("quorum")
    page.wait_for_selector(".md-search-result__item")
    page.wait_for_load_state("networkidle")
    assert len(asked) > len(site.pages)
    assert not [url for url in asked if not url.startswith((site.url, "data:", "blob:"))]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_diagram_is_a_picture_with_a_name_and_fits_its_labels(scheme, site, open_page):
    """A label wider than its box is text somebody cannot read."""
    page = open_page(site.url, scheme=scheme)
    for address in site.pages:
        if '<figure class="diagram">' not in site.read(address):
            continue
        page.goto(site.url + address)
        pictures = page.locator("figure.diagram svg")
        assert pictures.count() == page.locator("figure.diagram").count()
        faults = page.evaluate(
            """() => {
              const faults = []
              for (const svg of document.querySelectorAll("figure.diagram svg")) {
                const named = id => document.getElementById(svg.getAttribute(id))?.textContent.trim()
                const name = named("aria-labelledby")
                if (!name || !named("aria-describedby")) faults.push("no name or description")
                const box = svg.getBoundingClientRect()
                if (box.width < 20 || box.height < 20) faults.push(`${name}: not visible`)
                for (const text of svg.querySelectorAll("text")) {
                  const inner = text.getBoundingClientRect()
                  if (inner.left < box.left - 1 || inner.right > box.right + 1) faults.push(`${name}: clips "${text.textContent}"`)
                }
                for (const node of svg.querySelectorAll(".pele-node")) {
                  const shape = node.querySelector("rect, path, polygon")?.getBoundingClientRect()
                  for (const text of node.querySelectorAll(".pele-label")) {
                    const inner = text.getBoundingClientRect()
                    if (shape && inner.width > shape.width + 1) faults.push(`${name}: "${text.textContent}" leaves its box`)
                  }
                }
              }
              return faults
            }"""
        )
        assert not faults, (address, faults)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_diagram_left_to_mermaid_is_drawn_in_the_colors_of_the_scheme(scheme, browser_drawn_site, open_page):
    page = open_page(browser_drawn_site.url + WITH_DIAGRAMS, scheme=scheme)
    page.wait_for_selector("div.mermaid[data-processed] svg")
    pictures = page.locator("figure.diagram div.mermaid svg")
    assert pictures.count() == page.locator("figure.diagram").count() > 0
    assert pictures.first.locator("title").text_content()
    assert pictures.first.locator("desc").text_content()
    text = pictures.first.locator(".nodeLabel").first.evaluate("e => getComputedStyle(e).color")
    lightness = sum(map(int, re.findall(r"\d+", text)[:3])) / 3
    assert (lightness > 128) == (scheme == "dark"), text


def test_browser_drawn_page_is_drawn_when_reached_by_instant_navigation(browser_drawn_site, open_page):
    page = open_page(browser_drawn_site.url + "study-plan/")
    page.goto(browser_drawn_site.url + "404.html")
    page.get_by_role("link", name="Networking").first.click()
    page.wait_for_selector("div.mermaid[data-processed] svg")


def test_box_on_the_map_of_topics_leads_to_its_page(site, open_page):
    page = open_page(site.url)
    page.locator("figure.diagram a", has_text="Kafka").click()
    page.wait_for_url(site.url + "technologies/kafka/")
    assert "Kafka" in page.locator("h1").inner_text()


def test_link_and_footnote_show_a_preview_on_hover(site, open_page):
    page = open_page(site.url + "fundamentals/storage/")
    page.locator("article a[href*='transactions/']").first.hover()
    page.locator(".md-tooltip2", has_text="atomicity").wait_for()
    page.locator("a.footnote-ref").first.hover()
    page.locator(".md-tooltip2 a[href^=http]").first.wait_for()


def test_search_box_on_the_home_page_finds_a_topic(site, open_page):
    page = open_page(site.url)
    page.locator(".search-door").click()
    page.keyboard.type("consistent hashing")
    page.locator(".md-search-result__item a").first.wait_for()
    page.locator(".md-search-result__item a").first.click()
    page.wait_for_url(re.compile("fundamentals/partitioning/"))


def test_unknown_address_gets_a_page_with_ways_on(site, open_page):
    page = open_page(site.url + "technologies/postgress/")
    assert page.locator("h1").inner_text() == "This page does not exist"
    page.get_by_role("link", name="PostgreSQL").last.click()
    page.wait_for_url(site.url + "technologies/postgresql/")


def test_colors_follow_the_system_first_and_the_toggle_next(site, open_page):
    page = open_page(site.url, scheme="dark")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.locator("label[title^='Colors: as the system']").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"


def test_study_plan_can_be_ticked_off(site, open_page):
    page = open_page(site.url + "study-plan/")
    box = page.locator("li.task-list-item input").first
    box.check(force=True)
    assert box.is_checked()


def test_page_is_complete_without_javascript(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + WITH_DIAGRAMS)
    assert page.locator("figure.diagram svg").first.is_visible()
    page.locator("details.question summary").first.click()
    assert page.locator("details.question p").first.is_visible()


def test_edit_link_leads_to_the_source_of_the_page(site):
    link = re.search('<a href="([^"]+)" title="Edit this page"', site.read("fundamentals/storage/"))
    assert link and link[1] == "https://example.com/notes/edit/fundamentals/storage.md"
