"""A page before and while its scripts start: overrides/partials/start.html, in a real browser."""

import pytest

from tests.conftest import LAID_OUT, begin, printed, wait_until

LONG = "technologies/kafka/"
PHONE = {"has_touch": True, "is_mobile": True}
# Where what a reader sees stands, and how large it is.
PLACES = """() => Object.fromEntries([".md-header", ".md-tabs", ".md-sidebar--primary .md-nav__link--active", ".md-sidebar--secondary .md-nav__link",
  "h1", "article p", "article h2", "article figure", "article table", ".highlight code", ".md-footer"].map(selector => {
    const box = document.querySelector(selector)?.getBoundingClientRect()
    return [selector, box && [box.x, box.y + scrollY, box.width, box.height].map(Math.round)]
  }))"""


@pytest.fixture
def visit(browser):
    """Return a function that opens an address in a browser nobody has touched yet."""
    contexts = []

    def visit(url: str, width: int = 1280, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield visit
    for context in contexts:
        context.close()


def runs(page) -> bool:
    return page.evaluate("'document$' in window")


@pytest.mark.parametrize("sign", [lambda page: page.locator("h1").tap(), lambda page: page.keyboard.press("Tab"), lambda page: page.evaluate("scrollTo(0, 90)")])
def test_scripts_wait_for_a_reader_and_are_at_hand(sign, site, visit):
    page = visit(site.url + LONG, 360, **PHONE)
    page.wait_for_load_state("networkidle")
    assert not runs(page)
    assert page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /bundle/.test(name))")
    sign(page)
    page.locator(".md-code__button").first.wait_for()


def test_link_is_followed_without_them(site, visit):
    page = visit(site.url, 360, **PHONE)
    page.wait_for_load_state("networkidle")
    page.evaluate("addEventListener('click', event => event.preventDefault())")
    page.locator("header a:visible, .doors a:visible").first.tap()
    page.wait_for_timeout(500)
    assert not runs(page)
    page.locator("h1").tap()
    wait_until(page, "'document$' in window")


@pytest.mark.parametrize("device", [{}, PHONE])
def test_reader_who_saves_data_fetches_them_when_needed(device, site, browser):
    context = browser.new_context(**device)
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page.goto(site.url + LONG)
    page.wait_for_load_state("networkidle")
    assert not page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /bundle/.test(name))")
    begin(page)
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["", LONG, "reference/glossary/", "reference/cheat-sheet/"])
def test_nothing_moves_when_the_scripts_start(address, width, site, visit):
    page = visit(site.url + address, width, **PHONE)
    page.wait_for_load_state("networkidle")
    wait_until(page, LAID_OUT)
    assert not runs(page)
    before = page.evaluate(PLACES)
    begin(page)
    assert page.evaluate(PLACES) == before


def test_search_takes_what_is_typed_before_the_scripts_run(site, visit):
    page = visit(site.url + LONG)
    page.keyboard.type("/quorum")
    page.locator(".md-search-result__item a[href*='replication/']").first.wait_for()
    assert page.locator("[data-md-component=search-query]").input_value() == "quorum"


def test_letter_typed_into_another_box_stays_there(site, visit):
    page = visit(site.url + "reference/glossary/")
    page.locator(".glossary-tools input").press("s")
    assert page.locator(".glossary-tools input").input_value() == "s"


@pytest.mark.parametrize("door", [".search-door", ".md-header__button[for=__search]"])
def test_search_opens_before_the_scripts_run(door, site, visit):
    page = visit(site.url, 360, **PHONE)
    page.route("**/bundle.*.js", lambda route: route.abort())
    page.locator(door).tap()
    assert page.locator("[data-md-component=search-query]").evaluate("box => box === document.activeElement && box.checkVisibility()")
    assert not runs(page)


def test_place_in_the_address_is_unfolded_at_once(site, visit):
    folded = visit(site.url + LONG).locator("details:not([open])[id]").first.get_attribute("id")
    page = visit(f"{site.url}{LONG}#{folded}")
    page.locator(f"details[open]#{folded}").wait_for()
    assert 0 <= page.locator(f"#{folded}").bounding_box()["y"] < 900


def test_paper_has_the_folded_answers_before_the_scripts_run(site, visit):
    page = visit(site.url + LONG, 360, **PHONE)
    answer = page.locator("article details.question > p:last-child").first
    sentence = answer.text_content().split(".")[0].split()[:4]
    assert not answer.is_visible()
    paper = " ".join(printed(page))
    assert " ".join(sentence) in " ".join(paper.split())
    assert not answer.is_visible() and not runs(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_block_of_a_long_page_gets_its_layout(width, site, visit):
    page = visit(site.url + LONG, width)
    wait_until(page, LAID_OUT)
    height = "document.documentElement.scrollHeight"
    assert page.evaluate(height) == visit(f"{site.url}{LONG}#sources", width).evaluate(height) > 10_000


def test_page_that_is_never_idle_gets_its_layout(site, browser):
    """... such as one opened in the background, where a browser gives a script hardly any idle time."""
    page = browser.new_page()
    page.add_init_script("window.requestIdleCallback = (work, options) => options?.timeout && setTimeout(work, options.timeout)")
    page.goto(site.url + LONG)
    assert page.evaluate("Boolean(document.querySelector('.arriving'))")
    wait_until(page, LAID_OUT)
    page.close()


def test_blocks_wait_on_a_first_visit_from_the_top_alone(site, visit):
    """Else a place on the page would be looked for where it is not yet."""
    waiting = "Boolean(document.querySelector('.arriving'))"
    page = visit(site.url + LONG)
    assert page.evaluate(waiting)
    page.evaluate("scrollTo(0, 9000)")
    page.reload()
    assert not page.evaluate(waiting)
    assert not visit(site.url + LONG + "#exactly-once").evaluate(waiting)


def test_way_back_leads_to_the_place_that_was_left(site, visit):
    page = visit(site.url + LONG)
    begin(page)
    page.mouse.wheel(0, 9000)
    page.wait_for_timeout(500)  # the theme notes a place when scrolling has ended
    link = page.locator("article a[href*='fundamentals/']").evaluate_all("all => all.findIndex(link => link.getBoundingClientRect().top > 100)")
    place = page.evaluate("scrollY")
    page.locator("article a[href*='fundamentals/']").nth(link).evaluate("link => link.click()")
    page.locator("h1:not(:has-text('Kafka'))").wait_for()
    page.wait_for_timeout(300)
    page.go_back()
    page.locator("h1:has-text('Kafka')").wait_for()
    page.wait_for_timeout(300)
    assert abs(page.evaluate("scrollY") - place) < 5
    assert not page.evaluate("Boolean(document.querySelector('.arriving'))")


def test_link_opened_elsewhere_does_not_change_the_way_back(site, visit):
    page = visit(site.url + "fundamentals/replication/")
    begin(page)
    page.mouse.wheel(0, 6000)
    page.wait_for_timeout(500)
    place = page.evaluate("scrollY")
    page.locator(".md-nav--primary a[href$='partitioning/']").first.evaluate("link => link.click()")
    page.locator("h1:has-text('Partitioning')").wait_for()
    page.wait_for_timeout(300)
    with page.context.expect_page():
        page.locator("article a[href*='replication/#']").first.click(modifiers=["Control"])
    page.go_back()
    page.locator("h1:has-text('Replication')").wait_for()
    page.wait_for_timeout(300)
    assert abs(page.evaluate("scrollY") - place) < 5


def test_way_back_leads_to_what_was_typed_where_a_link_is_the_first_click(site, visit):
    page = visit(site.url + "reference/glossary/", 360, **PHONE)
    page.locator(".glossary-tools input").focus()
    page.keyboard.type("lock")
    for name in ("back.js", "sitemap.xml"):
        wait_until(page, f"performance.getEntriesByType('resource').some(({{ name }}) => name.endsWith('/{name}'))")
    page.locator(".letters ~ dl dd:visible a").first.focus()
    page.keyboard.press("Enter")
    page.locator("h1:not(:has-text('Glossary'))").wait_for()
    page.wait_for_timeout(500)
    page.go_back()
    page.locator("h1:has-text('Glossary')").wait_for()
    wait_until(page, "document.querySelector('.glossary-tools input').value === 'lock'")


@pytest.mark.parametrize("key", ["Control", "Shift"])
def test_link_may_be_opened_elsewhere(key, site, visit):
    page = visit(site.url + LONG)
    begin(page)
    wait_until(page, "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/sitemap.xml'))")
    with page.context.expect_page():
        page.locator("article a[href*='fundamentals/']").first.click(modifiers=[key])
    page.wait_for_timeout(300)
    assert page.url == site.url + LONG
