"""The site as a person meets it: a real browser, light and dark, phone and desk."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import DOCS, LAID_OUT, NO_STORAGE, begin, printed, wait_until

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
    """A label wider than its box, or on top of another label, a box or a lifeline, is text somebody cannot read."""
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
                for (const node of svg.querySelectorAll("g[transform]")) {
                  const widths = selector => [...node.querySelectorAll(`:scope > :is(${selector})`)].map(one => one.getBoundingClientRect().width)
                  const shape = Math.max(...widths("rect, path, polygon"))
                  for (const text of node.querySelectorAll(":scope > text")) {
                    const inner = text.getBoundingClientRect()
                    if (shape > 0 && inner.width > shape + 1) faults.push(`${name}: "${text.textContent}" leaves its box`)
                  }
                }
                // Inner boxes: a text's own box is as high as its line and so touches its neighbors'.
                const area = element => { const { left, right, top, bottom } = element.getBoundingClientRect(); return { element, left, right, top: top + 2, bottom: bottom - 2 } }
                const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
                const labels = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim()).map(text => ({ text, box: area(text) }))
                labels.forEach((one, i) => labels.slice(i + 1).forEach(two => {
                  const again = one.text.textContent === two.text.textContent // pele draws a crossed title of a group once more, on top
                  if (!again && meet(one.box, two.box)) faults.push(`${name}: "${one.text.textContent}" on "${two.text.textContent}"`)
                }))
                const shapes = [...svg.querySelectorAll("rect, path, line")].filter(shape => !shape.closest("defs")).map(area)
                const nodes = [...svg.querySelectorAll(".pele-node")]
                const lifelines = shapes.filter(shape => shape.right - shape.left < 3 && shape.bottom - shape.top > 40)
                for (const { text, box: label } of labels) {
                  if (nodes.some(node => !node.contains(text) && meet(label, area(node)))) faults.push(`${name}: "${text.textContent}" on a box`)
                  // A box that is painted after the line and filled covers it.
                  const backs = (shape, line) => shape.left <= label.left + 1 && shape.right >= label.right - 1
                    && shape.top <= label.top + 2 && shape.bottom >= label.bottom - 2 && getComputedStyle(shape.element).fill !== "none"
                    && line.element.compareDocumentPosition(shape.element) & Node.DOCUMENT_POSITION_FOLLOWING
                  const crosses = line => line.left < label.right + 1 && line.right > label.left - 1 && line.top < label.bottom && line.bottom > label.top
                  if (lifelines.some(line => crosses(line) && !shapes.some(shape => backs(shape, line)))) faults.push(`${name}: a line runs through "${text.textContent}"`)
                }
              }
              return faults
            }"""
        )
        assert not faults, (address, faults)


def test_wide_diagram_scrolls_inside_its_box_on_a_phone(site, browser):
    """Little smaller than drawn, with a shadow at the edge behind which it goes on, to its last pixel; the page stays."""
    page = browser.new_page(viewport={"width": 360, "height": 900})
    scrolled = 0
    for address in site.pages:
        if '<figure class="diagram">' not in site.read(address):
            continue
        page.goto(site.url + address)
        counted, faults = page.evaluate(
            """() => {
              const faults = []
              let scrolled = 0
              document.querySelectorAll("details").forEach(details => { details.open = true })
              for (const box of document.querySelectorAll(".diagram-box")) {
                const svg = box.querySelector("svg"), name = svg.querySelector("title").textContent
                const edge = box.getBoundingClientRect()
                if (edge.left < 0 || edge.right > innerWidth) faults.push(`${name}: the box leaves the window`)
                const size = svg.getBoundingClientRect().width / Number(svg.getAttribute("width"))
                if (size < 6 / 7 - 0.01) faults.push(`${name}: shrunk too much to read`)
                if (box.scrollWidth <= box.clientWidth) continue
                scrolled += 1
                if (size > 6 / 7 + 0.01) faults.push(`${name}: scrolls, though it could shrink`)
                const style = getComputedStyle(box)
                if (style.overflowX !== "auto" || box.tabIndex !== 0) faults.push(`${name}: cannot be scrolled`)
                if (!style.backgroundImage.includes("gradient")) faults.push(`${name}: does not show that it goes on`)
                if (style.scrollbarColor === "auto") faults.push(`${name}: has a scrollbar that Firefox draws white in the dark`)
                box.scrollLeft = box.scrollWidth
                if (svg.getBoundingClientRect().right > box.getBoundingClientRect().right + 1) faults.push(`${name}: cut off`)
              }
              return [scrolled, faults]
            }"""
        )
        assert not faults, (address, faults)
        assert overflow(page) <= 0, address
        scrolled += counted
    assert 0 < scrolled < 60


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


def test_header_names_the_404_page_once_its_title_is_scrolled_away(site, open_page):
    page = open_page(site.url + "404.html", width=360)
    page.evaluate("scrollTo(0, 900)")
    expect(page.locator(".md-header__title--active [data-md-component='header-topic']")).to_have_text("Page not found")


@pytest.mark.parametrize(
    "address, box, target",
    [
        ("", "Kafka", "technologies/kafka/"),
        ("reference/choosing/", "Cassandra", "technologies/cassandra/#when-to-use-it"),
        ("reference/choosing/", "SSE", "patterns/real-time-updates/#server-sent-events"),
    ],
)
def test_box_of_a_diagram_leads_to_its_page_by_tap_and_by_key(address, box, target, site, open_page):
    page = open_page(site.url + address)
    link = page.locator("figure.diagram a", has_text=box).first
    link.click()
    page.wait_for_url(site.url + target)
    page.go_back()
    page.wait_for_url(site.url + address)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + target)


def test_link_and_footnote_show_a_preview_on_hover(site, open_page):
    page = open_page(site.url + "fundamentals/storage/")
    page.locator("article a[href*='transactions/']").first.hover()
    page.locator(".hint", has_text="atomicity").wait_for()
    page.locator("a.footnote-ref").first.hover()
    page.locator(".hint a[href^=http]").first.wait_for()


def test_preview_begins_at_its_beginning_and_keeps_the_page_where_it_is(site, open_page):
    page = open_page(site.url + "technologies/cassandra/")
    links = page.locator("article p a[href*='#']:not(.headerlink, .footnote-ref)")
    tall = []
    for link in links.all()[:40]:
        link.hover()
        page.wait_for_timeout(500)
        box = page.locator(".hint")
        if not box.is_visible() or box.evaluate("box => box.scrollHeight - box.clientHeight") < 50:
            continue
        assert box.evaluate("box => box.scrollTop") == 0
        tall.append(link)
        place = page.evaluate("scrollY")
        box.hover()
        for _ in range(8):
            page.mouse.wheel(0, 200)
            page.wait_for_timeout(50)
        assert box.is_visible() and box.evaluate("box => box.scrollTop") > 0
        assert page.evaluate("scrollY") == place
        if len(tall) == 3:
            return
    raise AssertionError("too few tall previews")


def test_table_of_numbers_gives_room_to_words_rather_than_to_values(site, open_page):
    page = open_page(site.url + "technologies/cassandra/")
    heads = page.locator(".numbers table").first.locator("thead th").evaluate_all("all => all.map(head => head.offsetWidth)")
    figure, value, condition, source = heads
    assert value < 0.9 * figure and value < 0.9 * condition and condition < source


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


@pytest.mark.parametrize("fault", [*NO_STORAGE, *(f"localStorage.setItem('/.__palette', '{value}')" for value in ("{", '{"index": 7}'))])
def test_colors_follow_the_system_and_the_toggle_whatever_is_stored(fault, site, browser):
    page = browser.new_page(color_scheme="dark")
    page.add_init_script(fault)
    page.goto(site.url)
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert page.evaluate("document.documentElement.classList.contains('js')")
    page.locator("label[title^='Colors: as the system']").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"
    page.close()


def test_colors_follow_the_system_first_and_the_toggle_next(site, open_page):
    page = open_page(site.url, scheme="dark")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.locator("label[title^='Colors: as the system']").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"


def test_colors_do_not_wait_for_the_theme(site, browser):
    page = browser.new_page(color_scheme="dark")
    page.route("**/bundle.*.js", lambda route: route.abort())
    page.goto(site.url)
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert page.evaluate("document.querySelector('meta[name=theme-color]').content") == "rgb(20, 25, 31)"
    page.close()


def test_colors_change_by_keyboard(site, open_page):
    page = open_page(site.url)
    page.locator("[name=__palette]:checked").focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append((page.evaluate("document.activeElement.getAttribute('aria-label')"), page.evaluate("document.body.dataset.mdColorScheme")))
        assert page.locator(".md-header__option label:visible").count() == 1
    assert seen == [("Colors: light; switch to dark", "default"), ("Colors: dark; switch to the system's", "slate"), ("Colors: as the system; switch to light", "default")]


def ticked(page) -> list[int]:
    """Return which boxes of the study plan are ticked."""
    return page.evaluate("[...document.querySelectorAll('.task-list-item input')].flatMap((box, i) => box.checked ? [i] : [])")


@pytest.mark.parametrize(
    "address, box, typed, result",
    [
        ("reference/glossary/", ".glossary-tools input", "lock", ".glossary-tools output"),
        ("reference/cheat-sheet/", ".sheet-tools input", "redis", ".sheet-tools output"),
        ("fundamentals/estimation/", ".calculator [name=users]", "123456789", ".calculator tbody"),
    ],
)
def test_way_back_leads_to_what_was_typed(address, box, typed, result, site, open_page):
    page = open_page(site.url + address)
    page.locator(box).click()
    page.locator(box).fill(typed)
    shown = page.locator(result).inner_text()
    for name in ("back.js", "sitemap.xml"):  # the script that comes with the click, and what instant navigation needs
        wait_until(page, f"performance.getEntriesByType('resource').some(({{ name }}) => name.endsWith('/{name}'))")
    title = page.locator("h1").inner_text()
    page.locator(".letters ~ dl dd:visible a, .calculator li a, .sheet-side tr:visible th a").first.click()
    page.wait_for_url(lambda url: address not in url)
    expect(page.locator("h1")).not_to_have_text(title)
    page.wait_for_timeout(500)  # the theme has told the scripts of the page
    page.go_back()
    page.wait_for_url(f"**/{address}**")
    expect(page.locator(box)).to_have_value(typed)
    expect(page.locator(result)).to_have_text(shown, use_inner_text=True)


def test_study_plan_keeps_its_ticks(site, open_page):
    page = open_page(site.url + "study-plan/")
    boxes = page.locator("li.task-list-item input")
    boxes.first.check()
    boxes.nth(4).focus()
    page.keyboard.press("Space")
    page.reload()
    assert ticked(page) == [0, 4]
    begin(page)
    boxes.nth(4).uncheck()
    page.locator("article a[href$='/redis/']").first.click()  # by instant navigation and back by the menu
    page.locator("h1:has-text('Redis')").wait_for()
    page.locator(".md-tabs a[href$='study-plan/']").click()
    page.wait_for_url("**/study-plan/")
    wait_until(page, "document.querySelectorAll('.task-list-item input:checked').length === 1")
    assert ticked(page) == [0]
    assert page.locator(".ticks").inner_text() == "Your ticks are kept in this browser only."


def test_ticks_of_the_study_plan_outlive_an_edit_of_other_lines(site, open_page):
    page = open_page(site.url + "study-plan/")
    page.locator("li.task-list-item input").nth(1).check()
    page.locator("li.task-list-item input").nth(2).check()
    item = '<li class="task-list-item"><input type="checkbox" aria-label="Day 0">Day 0</li>'

    def edited(route):
        html = route.fetch().text()
        first = html.index('<li class="task-list-item">')
        route.fulfill(body=(html[:first] + item + html[first:]).replace("Day 3:", "Third day:"), content_type="text/html")

    page.route("**/study-plan/", edited)
    page.reload()
    assert ticked(page) == [2]
    page.locator("li.task-list-item input").first.check()
    page.unroute("**/study-plan/")
    page.reload()
    assert ticked(page) == [1]  # what is no more is forgotten


@pytest.mark.parametrize("text", ["{", "null", "7", '{"a": 1}', "[1, null]", '"Day 1"'])
def test_damaged_ticks_of_the_study_plan_are_dropped(text, site, open_page):
    page = open_page(site.url + "study-plan/")
    page.evaluate("text => localStorage.setItem('/.plan', text)", text)
    page.reload()
    assert ticked(page) == []
    page.locator("li.task-list-item input").first.check()
    page.reload()
    assert ticked(page) == [0]


@pytest.mark.parametrize("fault", NO_STORAGE)
def test_study_plan_can_be_ticked_where_nothing_is_stored(fault, site, browser):
    page = browser.new_page()
    page.add_init_script(fault)
    page.goto(site.url + "study-plan/")
    begin(page)
    page.locator("li.task-list-item input").first.check()
    page.locator("li.task-list-item input").nth(1).check()
    assert "until you leave" in page.locator(".ticks").inner_text()
    page.locator("article a[href$='/redis/']").first.click()
    page.locator("h1:has-text('Redis')").wait_for()
    page.locator(".md-tabs a[href$='study-plan/']").click()
    page.wait_for_url("**/study-plan/")
    wait_until(page, "document.querySelectorAll('.task-list-item input:checked').length === 2")
    assert ticked(page) == [0, 1]
    page.close()


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_boxes_of_the_study_plan_are_seen(scheme, media, site, open_page):
    """Each is the browser's own, wholly shown, which knows forced colors and paper, and has room for a finger."""
    page = open_page(site.url + "study-plan/", 360, scheme)
    page.emulate_media(media=media)
    faults = page.locator(".task-list-item input").evaluate_all("""all => all.filter(box => {
      const style = getComputedStyle(box), { left, width, height } = box.getBoundingClientRect()
      return style.opacity !== "1" || style.appearance === "none" || left < 0 || width < 12 || height < 12
        || left + width > box.parentElement.getBoundingClientRect().left
    }).length""")
    assert faults == 0 and page.locator(".task-list-indicator").count() == 0
    used = page.locator(".task-list-item input").first.evaluate("box => getComputedStyle(box).colorScheme")
    assert used == ("dark" if (scheme, media) == ("dark", "screen") else "light")


def test_page_is_complete_without_javascript(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + WITH_DIAGRAMS)
    assert page.locator("figure.diagram svg").first.is_visible()
    page.locator("details.question summary").first.click()
    assert page.locator("details.question p").first.is_visible()


def test_paper_has_what_is_read_and_nothing_to_click(site, open_page):
    page = open_page(site.url + "technologies/postgresql/", width=725)  # A4 within its margins, in CSS pixels
    tall = page.locator(".diagram-box > svg").first.bounding_box()["height"]
    page.emulate_media(media="print")
    for gone in (".md-code__nav", ".footnote-backref", ".headerlink", ".md-tabs", ".md-sidebar", "#mentioned-in"):
        assert page.locator(gone).count() and not page.locator(gone).locator("visible=true").count(), gone
    assert page.locator("details.question > p").first.is_visible()
    assert page.locator(".diagram-box > svg").first.bounding_box()["height"] < 0.8 * tall
    shown = page.evaluate(
        """() => {
          const source = document.querySelector(".footnote a[href^=http]")
          return [getComputedStyle(document.querySelector(".question summary"), "::after").display,
            getComputedStyle(source, "::after").content === JSON.stringify(source.getAttribute("href"))]
        }"""
    )
    assert shown == ["none", True]


@pytest.mark.parametrize("address", ["patterns/contention/", "scenarios/metrics-and-alerts/"])
def test_paper_leaves_no_head_of_a_table_alone(address, site, open_page):
    page = open_page(site.url + address)
    heads = page.locator("article thead tr").evaluate_all("all => all.map(row => row.textContent)")
    heads = tuple(re.sub(r"\s+", "", head) for head in heads)
    assert len(heads) > 3
    for height in range(1032, 1081, 8):  # CSS pixels, those of Letter among them: wherever the page ends
        alone = [text[-40:] for text in printed(page, width="816px", height=f"{height}px") if re.sub(r"\s+", "", text).endswith(heads)]
        assert not alone, height


def test_paper_leaves_no_heading_alone(site, open_page):
    page = open_page(site.url + "scenarios/web-crawler/")
    headings = page.locator("article :is(h2, h3)").evaluate_all("all => all.map(heading => heading.firstChild.textContent)")
    for height in range(1066, 1146, 8):  # CSS pixels: wherever the page ends
        alone = [text[-40:] for text in printed(page, width="794px", height=f"{height}px") if text.splitlines()[-1] in headings]
        assert not alone, height


def test_paper_lets_long_code_go_on_over_the_page(site, open_page):
    """The longest listing would else leave most of a page empty."""
    text = printed(open_page(site.url + "scenarios/payments/"), format="A4")
    begins, ends = (next(number for number, page in enumerate(text) if words in page) for words in ("CREATE TABLE payment (", "CREATE TABLE entry ("))
    assert ends == begins + 1
    assert "Data model" in text[begins]


@pytest.mark.parametrize("address", ["fundamentals/api-design/", "patterns/large-blobs/"])
def test_paper_keeps_short_code_together(address, site, open_page):
    page = open_page(site.url + address)
    blocks = page.locator("article pre > code").evaluate_all("all => all.map(code => code.innerText.trimEnd().split('\\n'))")
    blocks = [(re.sub(r"\s+", "", block[0]), re.sub(r"\s+", "", block[-1])) for block in blocks if 1 < len(block) < 9]
    assert len(blocks) > 3
    for height in range(960, 1120, 20):  # CSS pixels: wherever the page ends
        sheets = [re.sub(r"\s+", "", text) for text in printed(page, width="794px", height=f"{height}px")]
        parted = [block for block in blocks if not any(block[0] in sheet and block[1] in sheet for sheet in sheets)]
        assert not parted, height


def test_lines_below_text_are_written_so_that_safari_draws_them():
    """It takes no style or color within text-decoration, and then draws nothing."""
    css = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in (DOCS / "assets/stylesheets").glob("*.css")), flags=re.S)
    assert {value.split("!")[0].strip() for value in re.findall(r"text-decoration:([^;}]+)", css)} <= {"none", "underline"}


def test_edit_link_leads_to_the_source_of_the_page(site):
    link = re.search('<a href="([^"]+)" title="Edit this page"', site.read("fundamentals/storage/"))
    assert link and link[1] == "https://example.com/notes/edit/fundamentals/storage.md"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_a_page_loads(width, site, browser):
    """Layout shift as the browser counts it, with scripts that arrive after the first paint."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.add_init_script("""
      window.shifts = []
      new PerformanceObserver(list => list.getEntries().forEach(({ value, sources }) =>
        shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]))).observe({ type: "layout-shift" })""")

    def later(route):
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/*.js", later)
    moved = {}
    for address in ("", "technologies/kafka/", "reference/cheat-sheet/", "reference/glossary/", "reference/self-test/"):
        page.goto(site.url + address)
        page.wait_for_load_state("networkidle")
        if found := page.evaluate("shifts"):
            moved[address] = found
    page.close()
    assert not moved


@pytest.mark.parametrize("width", WIDTHS)
def test_link_into_a_page_lands_on_its_section(width, site, browser):
    page = browser.new_page(viewport={"width": width, "height": 900})
    for link in ("fundamentals/estimation/#rounding-rules", "technologies/kafka/#retention", "reference/traps/#in-technologies-kafka"):
        page.goto("about:blank")
        page.goto(site.url + link)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        top = page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
        assert 0 <= top < 200, link
    page.close()


def test_no_element_is_styled_twice_while_a_page_loads(site, browser):
    """Each pass of the browser over its style tells how many elements it styled; a class set at the root, a style sheet
    read again, a `meta` about colors or a table that moves make it style all of them once more."""
    page = browser.new_page(viewport={"width": 412, "height": 823})
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(site.url + WITH_DIAGRAMS)
    page.wait_for_load_state("networkidle")
    wait_until(page, LAID_OUT)
    elements = page.evaluate("document.querySelectorAll('*').length")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    styled = sum(event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree")
    assert elements > 1000 and 0.9 < styled / elements < 1.12


def test_ticks_of_two_tabs_add_up(site, open_page):
    page = open_page(site.url + "study-plan/")
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("li.task-list-item input").first.check()
    other.locator("li.task-list-item input").nth(1).check()
    assert ticked(other) == [0, 1]
    page.reload()
    assert ticked(page) == [0, 1]
