"""The self-test in a real browser: questions one at a time, with the keyboard, the weak ones come back."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import DOCS, NO_STORAGE

PAGE = "reference/self-test/"
TOPIC = "in-patterns-contention"
KEY = "/.self-test"  # the site is served at the root
DAY = "Math.floor((Date.now() - new Date().getTimezoneOffset() * 60000) / 86400000)"
ROUND = 10


def keys(site, topic: str = "") -> list[str]:
    """Return the questions of the page, or of one topic, in its order."""
    html = site.read(PAGE)
    if topic:
        html = re.search(rf'<h3 id="{topic}".*?(?=<h[23] |<h1|</article>\s*</div>)', html, re.S)[0]
    found = re.findall(r'<details class="question" id="([^"]+)">', html)
    assert not topic or len(found) <= ROUND, f"{topic} has {len(found)} questions, more than a round: take a smaller topic as TOPIC"
    return found


def asked(page) -> str:
    """Return the key of the question asked now; it must be the only one to be seen."""
    shown = page.locator(".gathered details:visible")
    assert shown.count() == 1
    return shown.get_attribute("id")


def kept(page) -> dict:
    """Return the boxes in the browser's storage: by key, box and day."""
    return page.evaluate(f"JSON.parse(localStorage.getItem('{KEY}') ?? '{{\"boxes\": {{}}}}').boxes")


def counts(page) -> str:
    return page.locator(".self-test-counts").inner_text()


def start(page, topic: str = "") -> None:
    """Begin a round with the keyboard."""
    page.locator(".self-test select").select_option(topic)
    page.locator(".self-test form button").first.focus()
    page.keyboard.press("Enter")


def answer(page, key: str) -> None:
    """Unfold the answer with Space or Enter, and say how it went: "1" again, "2" knew it."""
    assert not page.locator(".self-test-rate").is_visible()
    page.keyboard.press("Space" if key == "1" else "Enter")
    page.locator(".self-test-rate").wait_for()
    page.keyboard.press(key)


def finish(page) -> int:
    """Know the rest of the round; return how many answers that took."""
    for number in range(40):
        if page.locator(".self-test-result").is_visible():
            return number
        answer(page, "2")
    raise AssertionError("the round does not end")


def put(page, text: str) -> None:
    """Put something into the place of the progress, and load the page anew."""
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    page.reload()
    page.locator(".self-test form").wait_for()


@pytest.fixture
def page(site, open_page):
    return open_page(site.url + PAGE)


def test_keyboard_alone_reaches_the_test_and_goes_through_a_topic(site, page):
    questions = keys(site, TOPIC)
    page.locator("h1").click()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.self-test select')"):
            break
    page.keyboard.type("Contention")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert asked(page) == questions[0]
    assert page.evaluate("document.activeElement.matches('summary')")
    body = page.locator(f"details[id='{questions[0]}'] > p").first
    assert not body.is_visible()
    page.keyboard.press("2")  # says nothing before the answer is shown
    assert asked(page) == questions[0] and kept(page) == {}
    page.keyboard.press("Space")
    body.wait_for()
    page.locator("[data-do=knew]").wait_for()  # shown a moment after the answer
    page.keyboard.press("2")
    assert asked(page) == questions[1]
    assert f"1 of {len(questions)} known" in counts(page)
    finish(page)
    assert page.evaluate("document.activeElement.className").startswith("self-test-result")
    assert f"you knew {len(questions)} of {len(questions)} questions at once" in page.locator(".self-test-result").inner_text()
    assert set(kept(page)) == set(questions) and {box for box, _ in kept(page).values()} == {2}


def test_missed_question_comes_back_in_the_round_and_after_a_reload(site, page):
    questions = keys(site, TOPIC)
    start(page, TOPIC)
    order = []
    for _ in range(len(questions) + 1):
        order.append(asked(page))
        answer(page, "1" if len(order) == 1 else "2")
    assert order == [*questions[:4], questions[0], *questions[4:]]
    assert f"you knew {len(questions) - 1} of {len(questions)}" in page.locator(".self-test-result").inner_text()
    link = page.locator(".self-test-result li a")
    assert "/patterns/contention/#question-" in link.get_attribute("href")
    page.reload()
    page.locator(".self-test select").select_option(TOPIC)
    assert counts(page).startswith(f"{len(questions)} questions: 0 new, 1 to repeat, {len(questions) - 1} at rest, back tomorrow")
    start(page, TOPIC)
    assert asked(page) == questions[0]
    answer(page, "2")
    page.locator(".self-test-result").wait_for()  # the others rest
    assert kept(page)[questions[0]][0] == 2


def test_higher_box_rests_longer_and_its_questions_return_weakest_first(site, page):
    one, two, three, *_ = keys(site, TOPIC)
    today = page.evaluate(DAY)
    put(page, json.dumps({"boxes": {one: [5, today - 8], two: [2, today - 1], three: [4, today - 3]}}))
    start(page, TOPIC)
    first = asked(page)
    answer(page, "2")
    assert [first, asked(page)] == [two, one]  # three rests a day more; new ones come later
    answer(page, "1")
    assert (kept(page)[two], kept(page)[one]) == ([3, today], [1, today])


def test_where_nothing_is_due_a_round_repeats_the_weakest(site, page):
    questions = keys(site, TOPIC)
    today = page.evaluate(DAY)
    put(page, json.dumps({"boxes": {key: [5, today] for key in questions[:-1]} | {questions[-1]: [3, today]}}))
    page.locator(".self-test select").select_option(TOPIC)
    assert "Nothing is due" in counts(page)
    start(page, TOPIC)
    assert asked(page) == questions[-1]


def test_topics_filter_and_all_together_are_mixed(site, page):
    options = page.locator(".self-test option").all_inner_texts()
    assert options[0] == "All topics, mixed"
    assert any(re.fullmatch(r"Fundamentals, mixed \(\d+\)", option) for option in options)
    assert f"Contention ({len(keys(site, TOPIC))})" in options
    assert counts(page).startswith(f"{len(keys(site))} questions: {len(keys(site))} new, 0 to repeat")
    orders = []
    for _ in range(3):
        start(page)
        order = []
        for _ in range(ROUND):
            order.append(asked(page))
            answer(page, "2")
        page.locator(".self-test-result").wait_for()
        orders.append(order)
    seen = sum(orders, [])
    assert len(set(seen)) == 3 * ROUND  # what is known rests
    assert seen != keys(site)[: 3 * ROUND] and orders[0] != sorted(orders[0], key=keys(site).index)
    start(page, "in-technologies")
    assert asked(page).startswith("technologies-")


def test_tap_and_click_do_what_the_keys_do(site, browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    page.goto(site.url + PAGE)
    page.locator(".self-test select").select_option(TOPIC)
    page.get_by_role("button", name="Start").tap()
    first, second = keys(site, TOPIC)[:2]
    page.locator(f"details[id='{first}'] summary").tap()
    again = page.get_by_role("button", name="Again")
    assert again.bounding_box()["y"] + again.bounding_box()["height"] <= 740
    again.tap()
    assert asked(page) == second and kept(page)[first][0] == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="End the round").tap()
    assert page.locator(".gathered details:visible").count() == len(keys(site))
    page.context.close()


def test_reset_asks_first(site, page):
    start(page, TOPIC)
    answer(page, "2")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Start"
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Reset progress").click()
    assert len(kept(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Reset progress").click()
    assert kept(page) == {} and ": 0 new" not in counts(page) and ", 0 to repeat, 0 at rest" in counts(page)


@pytest.mark.parametrize("text", ["{", "null", "[]", "7", '"x"', '{"boxes": null}', "{}", '{"other": "site"}'])
def test_damaged_progress_is_discarded_with_a_word(text, site, page):
    put(page, text)
    notice = page.get_by_role("alert")
    assert "damaged and is discarded" in notice.inner_text()
    assert f"{len(keys(site))} new" in counts(page)
    start(page, TOPIC)
    answer(page, "2")
    assert not notice.is_visible() and list(kept(page)) == keys(site, TOPIC)[:1]


def test_damaged_entries_are_discarded_and_the_others_kept(site, page):
    good, *bad = keys(site)[:7]
    broken = [[0, 1], [6, 1], [1], "x", None, [1.5, 2]]
    put(page, json.dumps({"boxes": dict(zip(bad, broken, strict=True)) | {good: [2, 10]}}))
    assert "The progress of 6 questions was damaged" in page.get_by_role("alert").inner_text()
    assert f"{len(keys(site)) - 1} new, 1 to repeat" in counts(page)


def test_question_that_disappeared_is_forgotten_and_a_day_to_come_counts_as_today(site, page):
    good, other = keys(site, TOPIC)[:2]
    put(page, json.dumps({"boxes": {"no-longer-here": [3, 10], good: [2, 10_000_000]}}))
    assert not page.get_by_role("alert").is_visible()
    assert "1 at rest, back tomorrow" in counts(page)
    start(page, TOPIC)
    assert asked(page) == other
    answer(page, "2")
    assert set(kept(page)) == {good, other}


@pytest.mark.parametrize("fault", NO_STORAGE)
def test_without_storage_it_works_for_the_visit(fault, site, browser):
    page = browser.new_page()
    page.add_init_script(fault)
    page.goto(site.url + PAGE)
    start(page, TOPIC)
    answer(page, "1")
    assert "lasts until you leave" in page.locator(".self-test-notice").inner_text()
    finish(page)
    # On to another page and back by instant navigation: the same visit.
    page.locator(".md-nav--primary a[href$='/traps/']:visible").first.click()
    page.wait_for_url("**/traps/")
    page.locator(".md-nav--primary a[href$='/self-test/']:visible").first.click()
    page.wait_for_url("**/self-test/")
    page.locator(".self-test select").select_option(TOPIC)
    assert f"0 new, 1 to repeat, {len(keys(site, TOPIC)) - 1} at rest" in counts(page)
    page.close()


def test_round_ends_where_the_table_of_contents_leads_into_the_list(site, page):
    start(page, TOPIC)
    page.wait_for_timeout(500)  # the theme takes note of the scrolling before
    page.locator(".md-nav--secondary a[href$='#in-technologies-kafka']:visible").first.click()
    expect(page.locator("h3#in-technologies-kafka")).to_be_in_viewport()
    assert page.locator(".gathered details:visible").count() == len(keys(site))


def test_look_at_the_page_behind_a_question_ends_neither_round_nor_topic(site, page):
    questions = keys(site, TOPIC)
    start(page, TOPIC)
    answer(page, "2")
    answer(page, "1")
    page.keyboard.press("Enter")
    page.locator(".asked .whence a").click()
    page.wait_for_url("**/contention/#*")
    page.wait_for_timeout(500)
    page.locator(".md-nav--secondary a:visible").nth(3).click()  # an anchor of that page is none of the round's
    page.wait_for_timeout(300)
    page.go_back()
    page.go_back()
    page.wait_for_url("**/self-test/**")
    page.locator(".asked").wait_for()
    assert asked(page) == questions[2] and f"1 of {len(questions)} known in this round, 1 to come again. Topic: Contention." == counts(page)
    answer(page, "2")
    finish(page)
    assert f"you knew {len(questions) - 1} of {len(questions)} questions at once" in page.locator(".self-test-result").inner_text()
    page.locator(".self-test-result li a").click()
    page.wait_for_url("**/contention/#*")
    page.wait_for_timeout(500)
    page.go_back()
    page.locator(".self-test select").wait_for()
    assert page.locator(".self-test select").input_value() == TOPIC and not page.locator(".asked").count()


def test_sentences_keep_their_spaces(site, page):
    today = page.evaluate(DAY)
    put(page, json.dumps({"boxes": {key: [4, today] for key in keys(site, TOPIC)[:3]}}))
    page.locator(".self-test select").select_option(TOPIC)
    assert "3 at rest, back in 4 days or later" in counts(page)


def test_no_script_nests_template_literals():
    """What shortens scripts (hooks/unused.py) takes the spaces out of the inner one."""
    scripts = [path for path in (DOCS / "assets" / "javascripts").glob("*.js") if ".min." not in path.name]
    assert scripts and not [(path.name, nested) for path in scripts for nested in re.findall(r"\$\{[^}`]*`.*", path.read_text())]


def test_keys_of_the_browser_stay_with_it(site, page):
    start(page, TOPIC)
    page.keyboard.press("Enter")
    page.locator(".self-test-rate").wait_for()
    page.keyboard.press("Control+2")
    assert asked(page) == keys(site, TOPIC)[0]


def test_paper_has_the_plain_list_also_in_a_round(site, page):
    start(page, TOPIC)
    page.emulate_media(media="print")
    assert page.locator(".gathered details:visible").count() == len(keys(site))
    assert not page.locator(".self-test, .self-test-rate, .self-test-hint").locator("visible=true").count()


def test_without_javascript_it_is_a_list_with_folded_answers(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + PAGE)
    assert not page.locator(".self-test").is_visible()
    first = page.locator(".gathered details").first
    assert page.locator(".gathered details:visible").count() == len(keys(site)) and not first.locator("p").first.is_visible()
    first.locator("summary").click()
    assert first.locator("p").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_have_names_and_enough_contrast(scheme, site, open_page):
    """Rated with the WCAG formula: text on its ground 4.5 to 1."""
    page = open_page(site.url + PAGE, 360, scheme)
    start(page, TOPIC)
    page.keyboard.press("Enter")
    page.locator(".self-test-rate").wait_for()
    assert page.get_by_role("progressbar", name="Questions known in this round").count() == 1
    assert page.get_by_role("status").filter(has_text="known in this round").count() == 1
    ratios = page.evaluate(
        """() => {
          const light = color => {
            const [r, g, b] = color.match(/[\\d.]+/g).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            return 0.2126 * r + 0.7152 * g + 0.0722 * b
          }
          const ground = element => {
            const color = getComputedStyle(element).backgroundColor
            return /rgba\\(.*, 0\\)/.test(color) ? ground(element.parentElement) : color
          }
          return [...document.querySelectorAll(".self-test :is(button, label, p, select), .self-test-rate button, .self-test-hint")].map(element => {
            const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a)
            return [element.textContent.trim(), (one + 0.05) / (other + 0.05)]
          })
        }"""
    )
    assert len(ratios) > 6 and not [pair for pair in ratios if pair[1] < 4.5]


def test_escape_takes_away_a_hint_before_it_ends_the_round(site, page):
    start(page, TOPIC)
    page.keyboard.press("Enter")
    page.locator(".self-test-rate").wait_for()
    page.keyboard.press("Tab")  # the first link of the answer, or the one to its page
    page.locator("#hint").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#hint").is_hidden() and page.locator(".asked").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator(".asked").count()


def test_progress_of_two_tabs_adds_up(site, page):
    one, two, *_ = keys(site, TOPIC)
    other = page.context.new_page()
    other.goto(page.url)
    start(page, TOPIC)
    start(other, TOPIC)
    answer(page, "2")
    answer(page, "2")
    answer(other, "1")
    assert {key: box for key, (box, _) in kept(page).items()} == {one: 1, two: 2}


def test_focus_is_not_under_the_bar_of_a_long_answer(site, open_page):
    page = open_page(site.url + PAGE, 320)
    page.set_viewport_size({"width": 320, "height": 256})
    start(page, TOPIC)
    page.keyboard.press("Enter")
    page.locator(".self-test-rate").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        inside, bottom, top = page.evaluate("""() => {
          const focused = document.activeElement, bar = document.querySelector(".self-test-rate")
          return [!bar.contains(focused) && bar.parentElement.contains(focused), focused.getBoundingClientRect().bottom, bar.getBoundingClientRect().top]
        }""")
        assert not inside or bottom <= top + 1
