"""Search finds what people type: names, abbreviations, other spellings and numbers, in the real search box."""

import gzip
import json
import re
import time
from dataclasses import replace

import pytest
import quickjs
import yaml

from hooks.glossary import Term, terms
from hooks.quantities import CAPTION, parse
from hooks.search_keywords import COLUMNS, FIELDS, FULL_INDEX, WHOLE, abridged, columns, figures, home_in, improve
from tests.conftest import DOCS, ROOT, begin, wait_until

QUERIES = [line.split("\t") for line in (ROOT / "tests" / "search_queries.tsv").read_text(encoding="utf-8").splitlines()[1:]]
LARGEST_INDEX = 300_000  # bytes, compressed
# Path, anchor and heading of each link of the first results; those folded under "more on this page" do not count.
FIRST_RESULTS = """() => [...document.querySelectorAll(".md-search-result__item")].slice(0, 3).map(item =>
  [...item.querySelectorAll(":scope > a")].map(link => {
    const { pathname, hash } = new URL(link.href)
    return `${pathname}${hash} ${link.querySelector("h1, h2").textContent}`
  }))"""


class SearchBox:
    """The search of an open page."""

    def __init__(self, page):
        self.page = page
        self.box = page.locator("[data-md-component=search-query]")
        page.keyboard.press("/")
        self.find("quorum")
        # Texts are indexed last; until then a result is a heading.
        page.locator(".md-search-result__article p").first.wait_for()

    def find(self, query: str) -> list[list[str]]:
        """Type a query into the empty box and return the links of the first three results."""
        self.box.fill("")
        self.page.keyboard.press("Backspace")
        self.wait_for("Type to start searching")
        self.box.fill(query)
        self.page.keyboard.press("End")  # the theme searches when a key goes up
        self.wait_for("matching document")
        return self.page.evaluate(FIRST_RESULTS)

    def wait_for(self, words: str) -> None:
        """Wait until the sentence above the results holds these words."""
        self.page.locator(".md-search-result__meta", has_text=words).wait_for()


@pytest.fixture
def search(site, open_page):
    return SearchBox(open_page(site.url))


@pytest.fixture(scope="module")
def index(site):
    full = json.loads((site.folder / FULL_INDEX).read_text())
    return full | {"docs": documents(site)}


def documents(site) -> list[dict]:
    """Return the documents of a site's index as the worker has them."""
    return run("rows", json.loads((site.folder / FULL_INDEX).read_text())["docs"], script="search-glance.js")


def rank(results: list[list[str]], expected: str) -> int:
    """Return the position, from 1, of the first result with a link that matches; 99 if none does."""
    return next((n for n, links in enumerate(results, 1) if any(re.search(expected, link, re.I) for link in links)), 99)


def test_what_people_type_finds_the_expected_place_first(search):
    """At least 95 % first, all among the first three."""
    ranks, misses = [], []
    for query, expected in QUERIES:
        results = search.find(query)
        ranks.append(rank(results, expected))
        if ranks[-1] > 1:
            misses.append(f"{ranks[-1]:>3} {query!r}, expected {expected}, found {results}")
    print(f"{ranks.count(1)} of {len(ranks)} first", *misses, sep="\n")
    assert ranks.count(1) >= 0.95 * len(ranks), misses
    assert max(ranks) <= 3, misses


def test_term_of_the_glossary_finds_its_home(index, search):
    """A sample of the names and aliases; those that a page has for a name may find the page."""
    locations = {doc["location"] for doc in index["docs"]}
    misses = []
    for term in terms()[::9]:
        for name in term.names:
            home = home_in(locations, term.home)
            page, word = home.partition("#")[0], re.sub(r"\W", "", name.lower()).rstrip("s")
            expected = page if word in re.sub(r"\W", "", page) else home
            if rank(search.find(name), f"/{re.escape(expected)}") > 1:
                misses.append((name, home))
    assert not misses


@pytest.mark.parametrize(
    "typo, place",
    [("casandra", "cassandra/"), ("kakfa", "kafka/"), ("consistant hashng", "#consistent-hashing"), ("cap theorm", "cap-theorem/")],
)
def test_misspelling_finds_what_is_meant_and_highlights_it(typo, place, search):
    assert rank(search.find(typo), place) == 1
    assert search.page.locator(".md-search-result mark").count()


def test_search_without_result_offers_the_glossary(search, site):
    assert search.find("qqzzxxvv") == []
    search.page.get_by_role("link", name="look it up in the glossary").click()
    search.page.wait_for_url(site.url + "reference/glossary/")


def test_odd_queries_do_no_harm(search):
    for query in ("kafka -redis", "n+1", "c++", "99.99% downtime", "\\", "^~*", "🙂🙂", "a:b", "<b>", "(", "про", "x" * 500):
        search.find(query)
    assert rank(search.find('"leader election"'), "election") == 1


@pytest.mark.parametrize("key", ["/", "s"])
def test_keyboard_alone_leads_to_the_section_with_the_words_highlighted(key, site, open_page):
    page = open_page(site.url, bypass_csp=True)
    page.keyboard.press(key)
    page.keyboard.type("write ahead log")
    page.locator(".md-search-result__item:first-child a[href*='#write-ahead-log']").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "#write-ahead-log" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/fundamentals/transactions/"))
    page.locator("mark[data-md-highlight]").first.wait_for()
    page.wait_for_function("document.getElementById('write-ahead-log').getBoundingClientRect().top < 300")


@pytest.mark.parametrize(
    "query, words",
    [("exactly once", {"exactly", "once"}), ("leader election zookeeper", {"leader", "election", "zookeeper"}), ("sharded quorums", {"sharded", "quorums"})],
)
def test_words_said_to_be_missing_are_words_that_were_typed(query, words, search):
    search.find(query)
    missing = search.page.locator(".md-search-result__terms del").all_text_contents()
    assert set(missing) <= words


@pytest.mark.parametrize("query, address", [("SSE", "patterns/real-time-updates/"), ("ack", "technologies/kafka/")])
def test_marks_on_the_page_begin_where_words_begin(query, address, site, open_page):
    page = open_page(f"{site.url}{address}?h={query}")
    begins = """() => [...document.querySelectorAll("article mark")].filter(mark => {
      const range = document.createRange()
      range.setStart(mark.parentNode, 0)
      range.setEndBefore(mark)
      return !/[a-z0-9]$/i.test(range.toString())
    }).length"""
    wait_until(page, "document.querySelectorAll('article mark').length > 3")
    page.wait_for_timeout(300)
    assert page.locator("article mark").count() == page.evaluate(begins) > 3


def test_enter_opens_the_first_result(site, open_page):
    page = open_page(site.url, bypass_csp=True)
    page.keyboard.press("/")
    page.keyboard.type("2pc")
    page.locator(".md-search-result__item a[href*='#two-phase-commit']").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/patterns/contention/"))
    page.wait_for_function("document.getElementById('two-phase-commit')?.getBoundingClientRect().top < 300")


def test_index_is_loaded_when_search_is_touched_and_not_before(site, open_page):
    page = open_page(site.url)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.reload()
    begin(page)
    page.wait_for_load_state("networkidle")
    assert site.url + "search/search_index.json" in asked
    assert not [url for url in asked if FULL_INDEX in url or "workers/search." in url]
    page.keyboard.press("/")
    page.locator(".md-search-result__meta", has_text="Loading the index").wait_for()
    page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for()
    assert page.evaluate("document.querySelector('[data-md-component=search-query]').value") == ""
    page.keyboard.type("quorum")
    page.locator(".md-search-result__item").first.wait_for()


@pytest.mark.parametrize("door", [".md-search__form", ".search-door"])
def test_pointer_on_its_way_to_the_box_loads_the_index(door, site, open_page):
    page = open_page(site.url)
    with page.expect_request("**/" + FULL_INDEX):
        page.locator(door).hover()
    page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for(state="attached")
    page.keyboard.type("/quorum")
    page.locator(".md-search-result__item").first.wait_for()


def test_first_key_is_answered_before_anything_is_indexed(site, browser):
    context = browser.new_context()
    page = context.new_page()
    context.route("**/search-fields.js", lambda route: route.fulfill(body="function complete() { for (;;); }", content_type="text/javascript"))
    page.goto(site.url)
    page.keyboard.type("/write ahead")
    page.locator(".md-search-result__item a[href*='#write-ahead-log']").first.wait_for()
    context.close()


def test_reader_who_walks_among_results_stays_there_when_the_texts_are_indexed(site, open_page):
    page = open_page(site.url)
    page.keyboard.type("/quorum")
    page.locator(".md-search-result__item:first-child a[href*='#quorums']").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.hash")
    assert "quorum" in chosen
    page.locator(".md-search-result__article p").first.wait_for()
    assert page.evaluate("document.activeElement.hash") == chosen


def test_reader_at_folded_results_stays_at_their_page_when_the_texts_are_indexed(site, open_page):
    page = open_page(site.url)
    page.keyboard.type("/quorum")
    page.locator(".md-search-result__item summary").first.wait_for()
    while not page.evaluate("document.activeElement.matches('summary')"):
        page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.closest('li').querySelector('a').pathname")
    page.locator(".md-search-result__article p").first.wait_for()
    assert page.evaluate("document.activeElement.pathname ?? document.activeElement.closest('li')?.querySelector('a').pathname") == chosen


def test_query_in_the_address_loads_the_index(site, open_page):
    page = open_page(site.url + "?q=kakfa")
    page.locator(".md-search-result__item a[href*='/kafka/']").first.wait_for()


@pytest.mark.parametrize("delay", [0, 0.3])
def test_result_on_a_phone_leads_to_its_section_and_back_to_the_place_that_was_left(delay, site, open_page):
    page = open_page(site.url + "technologies/postgresql/", width=360, has_touch=True, is_mobile=True)
    page.route("**/kafka/*", lambda route: (time.sleep(delay), route.continue_()))
    page.evaluate("scrollTo(0, 3400)")
    page.wait_for_timeout(500)  # the theme notes a place when scrolling has ended
    page.locator("header label[for=__search]").first.tap()
    page.keyboard.type("acks")
    page.locator(".md-search-result__article p").first.wait_for()
    page.locator(".md-search-result__link[href*='#acknowledgments']").first.tap()
    page.locator(".md-content h1:has-text('Kafka')").wait_for()
    page.wait_for_timeout(500)
    assert 0 < page.locator("#acknowledgments").bounding_box()["y"] < 200
    page.go_back()
    page.locator(".md-content h1:has-text('PostgreSQL')").wait_for()
    page.wait_for_timeout(500)
    assert abs(page.evaluate("scrollY") - 3400) < 5


@pytest.mark.parametrize("file", [FULL_INDEX, "search-glance.js", "search-query.js"])
def test_what_does_not_arrive_is_asked_for_again(file, site, browser):
    context = browser.new_context()
    page = context.new_page()
    context.route("**/" + file, lambda route: route.abort())
    page.goto(site.url)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    page.keyboard.type("quo")
    page.wait_for_timeout(300)
    context.unroute("**/" + file)
    page.keyboard.type("rum")
    page.locator(".md-search-result__article p").first.wait_for()  # the texts, the last to be indexed
    context.close()


def test_little_words_alone_find_nothing(search, index):
    holding = {doc["location"].partition("#")[0] for doc in index["docs"] if "friend" in str(doc).lower()}
    found = {links[0].split("#")[0].split()[0].strip("/") + "/" for links in search.find("friends of friends")}
    assert found and found <= holding


def test_theme_gets_an_index_of_the_form_it_knows_without_documents(site, index):
    small = json.loads((site.folder / "search" / "search_index.json").read_text())
    assert small == index | {"docs": []} and len(index["docs"]) > 100


def test_index_is_small_enough_for_a_phone(site):
    size = len(gzip.compress((site.folder / FULL_INDEX).read_bytes()))
    print(f"search index: {size:,} bytes compressed")
    assert size < LARGEST_INDEX, "shorten what was added, or leave a page out of the search: `search: {exclude: true}` above its text"


def test_captions_of_diagrams_are_found_and_their_sources_are_not(index):
    text = " ".join(doc["text"] for doc in index["docs"])
    assert "accTitle" not in text and "flowchart LR" not in text
    pages = "".join(path.read_text() for path in DOCS.rglob("*.md") if path.parent.name != "reference")
    captions = re.findall(r'^```mermaid caption="([^"`*_<&]+)"', pages, re.M)
    assert captions and not [caption for caption in captions if caption not in text]


# The plain functions, of the hook and of the scripts, on a small index.


def test_what_is_far_down_in_a_section_is_found_and_not_shown():
    head = f"<p>alpha beta</p><ul><li>{'g' * WHOLE}"
    text, rest = abridged(f"{head} <code>delta</code> Epsilon alpha</li><li>epsilon zeta, DELTA</li></ul>", ())
    assert (text, rest) == (f"{head} …</li></ul>", "delta Epsilon zeta,")
    assert abridged(head, ()) == (head, "")


@pytest.mark.parametrize("before", [WHOLE - 8, WHOLE + 8])
@pytest.mark.parametrize("kept, captions", [("The caption says the what.", ["The caption says the what."]), ("<p>Ad clicks in Flink</p>", ())])
def test_caption_and_title_of_a_callout_stay_wherever_they_stand(kept, captions, before):
    text, rest = abridged(f"{'g' * before} {kept} And what the title says in Flink.", captions)
    assert kept in text and "And" in rest.split()


def run(function: str, *arguments, script: str = "search-fields.js"):
    """Return what a function of a script returns."""
    engine = quickjs.Context()
    engine.eval((DOCS / "assets" / "javascripts" / script).read_text())
    return json.loads(engine.eval(f"JSON.stringify({function}(...{json.dumps(arguments)}))"))


TERM = Term("Write-ahead log", ("WAL",), "A log.", "technologies/db.md#logs", (), 1)
FIGURE = parse(yaml.safe_load("""
    {id: db-item, component: db, label: Item, value: 400, unit: KiB, condition: one item, kind: limit,
     source: {title: Manual, url: "https://example.com/"}, checked: 2026-11-01}"""))


@pytest.fixture
def improved():
    """Documents of a small index by location, with what the hook and search-fields.js add."""
    text = "<p>It has 16,384 slots.<sup>18</sup></p> <p>Ad clicks</p> <pre><code>slots = ZADD(slots)</code></pre>"
    table = f"{CAPTION} Item 400\u00a0KiB one item"
    docs = [
        {"location": "technologies/db/", "title": "PostgreSQL", "text": ""},
        {"location": "technologies/db/#logs", "title": "Logs", "text": text},
        {"location": "technologies/db/#in-the-interview", "title": "In the interview", "text": "Say it."},
        {"location": "technologies/db/#numbers", "title": "Numbers", "text": table},
        {"location": "technologies/db/#sources", "title": "Sources", "text": "Manual"},
        {"location": "reference/glossary/", "title": "Glossary", "text": "All terms."},
        {"location": "reference/glossary/#w", "title": "W", "text": "Write-ahead log"},
    ]
    index = improve({"config": {"pipeline": ["stopWordFilter"]}, "docs": docs}, [TERM], [FIGURE], {"technologies/db/": ["elephant"], "technologies/db/#logs": ["flight recorder"]}, {})
    assert set(index["config"]["fields"]) >= {"title", "text", "names", "keywords", "page"}
    return {doc["location"]: doc for doc in run("complete", index["docs"])}


def test_home_of_a_term_gets_its_names_and_no_other_section_does(improved):
    assert {"§writeaheadlog", "§writeaheadlogs", "§wal"} <= set(improved["technologies/db/#logs"]["names"].split())
    assert {"ahead", "logs", "wal"} <= set(improved["technologies/db/#logs"]["keywords"].split())
    assert [place for place, doc in improved.items() if "§wal" in doc["names"]] == ["technologies/db/#logs"]


def test_section_is_found_with_the_name_of_its_page_and_what_people_call_it(improved):
    assert {"PostgreSQL", "postgres", "psql"} <= set(improved["technologies/db/#logs"]["page"].split())


def test_page_is_found_by_its_other_names(improved):
    assert "§elephant" in improved["technologies/db/"]["names"].split()


def test_section_is_found_by_its_other_names(improved):
    assert "§flightrecorder" in improved["technologies/db/#logs"]["names"].split()
    assert "§flightrecorder" not in improved["technologies/db/"]["names"].split()


def test_heading_that_nothing_else_is_called_is_a_name_of_its_section():
    titles = ["Redis", "Hot keys", "Data model", "Eviction policy", "Kafka", "Data model", "Offsets", "Retention"]
    docs = [{"location": f"{n // 4}/" + f"#{n}" * (n % 4 > 0), "title": title, "text": ""} for n, title in enumerate(titles)]
    docs[-1]["names"] = "eviction policy"
    assert [doc["names"] for doc in run("complete", docs)[1:4]] == ["§hotkeys", "", ""]


def test_word_that_every_object_of_a_script_has_does_no_harm():
    doc = {"location": "a/", "title": "Constructor", "text": ""}
    index = improve({"config": {"pipeline": []}, "docs": [doc]}, [], [], {}, {})
    assert "native code" not in str(run("complete", index["docs"]))


def test_what_people_call_a_page_is_a_name_of_it_and_not_of_its_sections(improved):
    assert "§psql" in improved["technologies/db/"]["names"].split()
    assert "§psql" not in improved["technologies/db/#logs"]["names"].split()


def test_title_is_found_in_the_other_number(improved):
    assert "number" in improved["technologies/db/#numbers"]["keywords"].split()


def test_section_is_found_by_the_scenario_it_holds(improved):
    assert improved["technologies/db/#logs"]["callouts"] == "Ad clicks"


def test_what_stands_only_in_code_is_found_and_the_code_does_not_travel(improved):
    logs = improved["technologies/db/#logs"]
    assert logs["code"] == "ZADD" and "ZADD" not in logs["text"]


def test_index_that_travels_field_by_field_is_the_same_again():
    docs = [
        {"location": "", "title": "Home", "text": "Door"},
        {"location": "#map", "title": "Map", "text": "", "boost": 1},
        {"location": "db/", "title": "Database", "text": ""},
        {"location": "db/#logs", "title": "Write-ahead log", "names": "WAL",
         "text": "<p>A <code>log</code> or <code>logs</code>:</p> <ul> <li>first</li> <li>&#96; last</li> </ul>"},
        {"location": "db/#undo-redo", "title": "<code>undo</code> &amp; redo: Ärger", "text": ""},
        {"location": "db/#read-ahead-2", "title": "Read-ahead, <code>2</code>", "text": ""},
    ]
    assert run("rows", columns(docs), script="search-glance.js") == [dict.fromkeys(COLUMNS, "") | doc for doc in docs]


def test_summary_is_found_by_its_title_alone(improved):
    assert improved["technologies/db/#in-the-interview"]["text"] == ""


def test_figures_are_found_where_their_table_or_sentence_stands(improved):
    assert {"400kib", "400kb"} <= set(improved["technologies/db/#numbers"]["keywords"].split())
    assert "16384" in improved["technologies/db/#logs"]["keywords"].split()


def test_pages_that_repeat_others_weigh_less_and_footnotes_nothing(improved):
    assert improved["reference/glossary/"]["boost"] < improved["technologies/db/"]["boost"]
    assert improved["reference/glossary/"]["text"] and not improved["reference/glossary/#w"]["text"]
    assert "technologies/db/#sources" not in improved and "18" not in improved["technologies/db/#logs"]["text"]


@pytest.mark.parametrize(
    "home, location",
    [
        ("technologies/db.md#logs", "technologies/db/#logs"),
        ("technologies/db.md#postgresql", "technologies/db/"),  # the page's own heading
        ("technologies/db.md", "technologies/db/"),
        ("index.md#map", "#map"),
        ("part/index.md", "part/"),
    ],
)
def test_home_is_found_by_its_location(home, location):
    assert home_in({"technologies/db/", "technologies/db/#logs", "#map", "part/"}, home) == location


def test_page_whose_name_ends_like_that_of_a_first_page_is_a_home():
    locations = {"fundamentals/inverted-index/", "fundamentals/inverted-index/#lists"}
    assert home_in(locations, "fundamentals/inverted-index.md#lists") == "fundamentals/inverted-index/#lists"


@pytest.mark.parametrize(
    "name, forms",
    [
        ("Two-phase commit", {"twophasecommit", "twophasecommits", "2phasecommit", "tpc"}),
        ("Covering index", {"coveringindex", "coveringindexes", "coveringindices"}),
        ("Little's law", {"littleslaw"}),
        ("N+1 queries", {"n1queries", "n1query"}),
        ("TLS 1.3", {"tls1.3"}),
        ("Node.js", {"nodejs"}),
        ("(A)++", {"a"}),
        ("++", set()),
    ],
)
def test_whole_name_is_one_word_whatever_its_spelling(name, forms):
    found = run("whole", name)
    assert forms <= set(found) if forms else found == []


def test_words_of_a_name_are_found_split_and_in_both_numbers():
    assert {"websocket", "websockets", "web", "socket", "ws"} <= set(run("forms", "WebSocket"))
    assert {"policy", "hashes", "buses"} <= {form for word in ("policies", "hash", "bus") for form in run("forms", word)}


@pytest.mark.parametrize(
    "typed, words",
    [
        ("apigateway", ["api", "gateway"]),
        ("gateway", ["gateway"]),
        ("gatewaynginx", ["gatewaynginx"]),  # "nginx" stands in texts only: it may be part of any typo
        ("gatewayx", ["gatewayx"]),
        ("theapi", ["theapi"]),  # as "theorm" is no "the ORM" but a slip
    ],
)
def test_joined_words_are_taken_apart_where_both_are_names(typed, words):
    engine = quickjs.Context()
    engine.eval((DOCS / "assets" / "javascripts" / "search-query.js").read_text())
    engine.eval(f"var setup = {json.dumps({'config': {'fields': {name: {'boost': weight} for name, weight in FIELDS.items()}}})}")
    engine.eval("var lunr = { stopWordFilter: word => word !== 'the' && word }")
    known = {"the": FIELDS["title"], "api": FIELDS["title"], "gateway": FIELDS["names"], "nginx": FIELDS["text"]}
    engine.eval(f"for (const [word, weight] of Object.entries({json.dumps(known)})) {{ weights.set(word, weight); plain.add(word) }}")
    assert json.loads(engine.eval(f"JSON.stringify([{json.dumps(typed)}].flatMap(parted))")) == words


@pytest.mark.parametrize(
    "value, unit, typed",
    [
        ((16384, 16384), "slots", {"16384", "16384slots"}),
        ((10000, 10000), "connections", {"10000", "10k", "10kconnections"}),
        ((1, 2.5), "MiB", {"1mib", "1mb", "2.5mb"}),
        ((2**53, 2**53), "values", {"9007199254740992", "9007199254740992values"}),
        ((None, 1500000), "requests/s", {"1500000", "1.5m", "1.5mrequests"}),
    ],
)
def test_figure_is_written_as_people_type_it(value, unit, typed):
    assert typed <= set(figures(replace(FIGURE, low=value[0], high=value[1], unit=unit)))


@pytest.mark.parametrize(
    "query, places",
    [
        ("post", ["technologies/db/"]),
        ("WAL", ["technologies/db/#logs"]),
        ("write-ahead", ["technologies/db/#logs"]),
        ("postgres logs", ["technologies/db/#logs"]),
        ("postgres elephant", []),
        ("??", []),
    ],
)
def test_glance_finds_what_is_called_so_or_begins_so(query, places):
    docs = [
        {"location": "", "title": "Notes", "boost": 0.4},
        {"location": "technologies/db/", "title": "PostgreSQL", "boost": 0.4},
        {"location": "technologies/db/#logs", "title": "Logs", "boost": 1, "names": "Write-ahead log|WAL"},
    ]
    found = run("glance", docs, query, script="search-glance.js")
    assert [doc["location"] for page in found for doc in page if doc["score"]] == places
    assert all("technologies/db/" in [doc["location"] for doc in page] for page in found)


def query_script(setup: dict) -> quickjs.Context:
    """Return an engine that has loaded search-query.js, with what the theme's worker and the index would bring."""
    engine = quickjs.Context()
    engine.eval((DOCS / "assets" / "javascripts" / "search-query.js").read_text())
    engine.eval(f"var setup = {json.dumps(setup)}")
    engine.eval("var lunr = { stopWordFilter: word => word, stemmer: token => token, Token: function (word) { this.toString = () => word } }")
    return engine


def test_of_a_pasted_sentence_only_what_is_a_name_is_asked_for_as_one():
    engine = query_script({"config": {"separator": " "}, "docs": [{"names": "§w1w2"}]})
    clauses = engine.eval(f"rewritten({json.dumps(' '.join(f'w{n}' for n in range(40)))})").split()
    assert "§w1w2^1" in clauses and len(clauses) < 100


def test_decimal_point_is_part_of_a_name():
    engine = query_script({"config": {"separator": " "}, "docs": []})
    assert engine.eval("name(['1.6', 'kb'])") == "§1.6kb" and engine.eval("name(['99.9%'])") == "§99.9"


@pytest.mark.parametrize(
    "query, terms, left",
    [
        ("btree", {"btree": False, "§btree": True}, {}),
        ("99.9% uptime", {"99.9%": False, "§99.9": True, "uptime": True}, {"uptime": True}),
        ("kafka jitter", {"kafka": True, "jitter": False, "§kafkajitter": False}, {"kafka": True, "jitter": False}),
    ],
)
def test_what_a_name_says_is_not_missing(query, terms, left):
    engine = query_script({"config": {"separator": "[ -]"}, "docs": []})
    engine.eval(f"const found = {json.dumps([{'terms': terms}])}; forget(found, {json.dumps(query)})")
    assert json.loads(engine.eval("JSON.stringify(found[0].terms)")) == left


def test_sign_in_a_title_is_no_word():
    docs = run("complete", [{"location": "a/", "title": "Page", "text": ""}, {"location": "a/#b", "title": "Undo &amp; redo", "text": ""}])
    assert "§undoredo" in docs[1]["names"].split() and "amp" not in docs[1]["keywords"].split()


def test_what_the_cut_leaves_open_is_closed_inside_out():
    text, _ = abridged(f"<ul><li>a</li> <li>b <ul><li>c</li> <li>{'g' * WHOLE} tail</li></ul></li></ul>", ())
    assert text.endswith(" …</li></ul></li></ul>")
