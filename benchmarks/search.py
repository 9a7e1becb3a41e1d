"""Measures the search in a real browser: what it finds, how soon, and how much it fetches. Part of `make bench`."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser

from benchmarks.pages import Server
from hooks.search_keywords import FULL_INDEX
from tests.test_search import QUERIES, SearchBox, rank

FIRST_RUNS = 5
# The pages' content security policy would forbid the browser to evaluate what is asked of it here: bypass_csp.
PAUSE = 120  # milliseconds between keystrokes, as of a fast typist
# From a key that goes up to the list of results as it then stands, in milliseconds.
WATCH = """() => {
  const query = document.querySelector("[data-md-component=search-query]")
  const result = document.querySelector("[data-md-component=search-result]")
  window.delays = []
  let pressed
  query.addEventListener("keyup", () => { if (query.value.trim()) pressed ||= performance.now() }, true) // the first that waits
  new MutationObserver(() => {
    if (pressed && !/Loading|Initializing/.test(result.textContent)) { delays.push(performance.now() - pressed); pressed = 0 }
  }).observe(result, { childList: true, subtree: true, characterData: true })
}"""


def figures(browser: Browser, server: Server, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what is measured on the site in `folder`."""
    url = server.url
    ranks = quality(browser, url)
    yield f"search: expected place first, of {len(ranks)} queries", f"{ranks.count(1) / len(ranks):.1%}", "at least 95%"
    yield "search: expected place among the first three", f"{sum(rank <= 3 for rank in ranks) / len(ranks):.1%}", "100%"
    first = median(first_result(browser, url) for _ in range(FIRST_RUNS))
    yield "search: first keystroke to first result, index included", f"{first:.0f} ms", "at most 300 ms"
    later = delays(browser, url)
    yield f"search: keystroke to results, median of {len(later)}", f"{median(later):.0f} ms", "at most 100 ms"
    yield "search: keystroke to results, 95th percentile", f"{quantiles(later, n=20)[-1]:.0f} ms", "at most 100 ms"
    yield "search: index, compressed", f"{len(gzip.compress((folder / FULL_INDEX).read_bytes())) / 1000:.0f} kB", "at most 300 kB"


def quality(browser: Browser, url: str) -> list[int]:
    """Return the rank of the expected place for each query of tests/search_queries.tsv."""
    page = browser.new_page(bypass_csp=True)
    page.goto(url)
    box = SearchBox(page)
    ranks = [rank(box.find(query), expected) for query, expected in QUERIES]
    page.close()
    return ranks


def first_result(browser: Browser, url: str) -> float:
    """Return the milliseconds from the first keystroke of a visit to its results, the box having just got the focus."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    page.keyboard.press("/")
    page.keyboard.press("q")
    page.wait_for_function("delays.length && document.querySelector('.md-search-result__item')")
    delay = page.evaluate("delays[0]")
    context.close()
    return delay


def delays(browser: Browser, url: str) -> list[float]:
    """Return the milliseconds from each keystroke of some queries to its results, once the index is there."""
    page = browser.new_page(bypass_csp=True)
    page.goto(url)
    box = SearchBox(page)
    box.find("quorum")
    page.evaluate(WATCH)
    for query, _ in QUERIES[::6]:
        box.box.fill("")
        page.keyboard.type(query, delay=PAUSE)
    found = page.evaluate("delays")
    page.close()
    return found
