"""Each topic page ends with the sections that link to it, so a reader sees where an idea is used."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from hooks.backlinks import LONGEST, UNFOLDED, collect, quotation, section
from hooks.mistakes import contents_of
from tests.conftest import DOCS
from tests.test_mistakes import warnings_of
from tests.test_search import documents

TOPICS = [
    path.relative_to(DOCS).as_posix().removesuffix(".md") + "/"
    for part in ("fundamentals", "technologies", "patterns", "scenarios")
    for path in sorted((DOCS / part).glob("*.md"))
]
KAFKA, REDIS, STORAGE = "technologies/kafka/", "technologies/redis/", "fundamentals/storage/"
HEAD = '<h1 id="redis">Redis<a class="headerlink" href="#redis">&para;</a></h1>'


def mentions_of_kafka(html: str) -> list:
    return collect({REDIS: html, KAFKA: ""}).get(KAFKA, [])


def quoted(html: str) -> str:
    """Return the quotation of the only mention of Kafka in the page `html`."""
    (mention,) = mentions_of_kafka(html)
    return quotation(mention)


def callouts_around(html: str) -> list[str]:
    """Return the anchors of the callouts in a piece of a page."""
    return re.findall(r'<(?:details|div) class="(?:admonition )?(?:trap|question|scenario|choose)" id="([^"]+)"', html)


def backlinks(html: str) -> str:
    """Return the part of a built page that this module makes."""
    start = html.find('<h2 id="mentioned-in"')
    return html[start : html.index("</article", start)] if start >= 0 else ""


def test_link_by_hand_and_link_by_hook_count_alike():
    by_hand = mentions_of_kafka(f'{HEAD}<h2 id="a">A &amp; B</h2><p>Use <a href="../kafka/#topics">a topic</a>.</p>')
    by_hook = mentions_of_kafka(f'{HEAD}<h2 id="a">A &amp; B</h2><p>Use <a class="term" title="x" href="../kafka/">a topic</a>.</p>')
    assert by_hand == by_hook
    assert [(mention.url, mention.anchor, mention.heading) for mention in by_hand] == [(REDIS, "a", "A & B")]


def test_mention_in_a_callout_leads_to_that_under_the_name_of_the_section():
    link = '<a href="../kafka/">K</a>'
    html = f'{HEAD}<h2 id="a">A</h2><details class="question" id="q"><summary>Q</summary><p>{link}</p></details><p>{link} later</p>'
    html += f'<h2 id="b">B</h2><div class="admonition trap" id="t"><p class="admonition-title">T</p><ul><li>{link}</li></ul></div>'
    html += f'<h2 id="c">C</h2><details class="question" id="r"><summary>R</summary><p>-</p></details><p>{link}</p>'
    assert [(mention.anchor, mention.heading) for mention in mentions_of_kafka(html)] == [("q", "A"), ("t", "B"), ("c", "C")]


def test_section_is_mentioned_once_with_its_first_link():
    html = f'{HEAD}<p><a href="../kafka/">one</a> <a href="../kafka/#x">two</a></p><h3 id="b">B</h3><p><a href="../kafka/">three</a></p>'
    assert [quotation(mention) for mention in mentions_of_kafka(html)] == ["<b>one</b> two", "<b>three</b>"]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#kafka">on the page itself</a>',
        '<a href="https://example.com/technologies/kafka/">another site</a>',
        '<a href="//example.com/technologies/kafka/">another host</a>',
        '<a href="mailto:kafka@example.com">a person</a>',
        '<a href="../../reference/glossary/#term-kafka">the glossary</a>',
        '<a href="../kafka/"></a>',
        "<a>nothing</a>",
    ],
)
def test_what_is_no_mention_of_a_topic_is_left_out(link):
    assert collect({REDIS: f"{HEAD}<p>{link}</p>", KAFKA: ""}) == {}


def test_pictures_code_and_footnotes_hold_no_mentions():
    link = '<a href="../kafka/">Kafka</a>'
    html = f'<figure class="diagram"><svg>{link}</svg></figure><pre><code>{link}</code></pre><div class="footnote"><p>{link}</p></div>'
    assert mentions_of_kafka(HEAD + html) == []
    assert len(mentions_of_kafka(f"{HEAD}{html}<p>{link}</p>")) == 1


@pytest.mark.parametrize(
    "html, sentence",
    [
        ("<p>First. Then {} stores it. Last.</p>", "Then <b>Kafka</b> stores it."),
        ("<p>Is it {}? No.</p>", "Is it <b>Kafka</b>?"),
        ('<p>He said: "Stop." {} went on, at 1.5 MB/s.</p>', "<b>Kafka</b> went on, at 1.5 MB/s."),
        ("<p>Before.</p><ul>\n<li>a\nlog,\nas in {}</li>\n<li>after</li></ul>", "a log, as in <b>Kafka</b>"),
        ("<p>Use <em>only</em> <code>acks=&lt;all&gt;</code> of {} &amp; wait.</p>", "Use only acks=&lt;all&gt; of <b>Kafka</b> &amp; wait."),
        ("<table>\n<tr>\n<td>order</td>\n<td>{}</td>\n<td>none</td>\n</tr>\n</table>", "order · <b>Kafka</b> · none"),
        ('<p>Fast.<sup id="fnref:a"><a class="footnote-ref" href="#fn:a">1</a></sup> {} too.</p>', "<b>Kafka</b> too."),
        ("<p>one<br>two {}</p>", "one two <b>Kafka</b>"),
        ("<p>one<br />\ntwo {}</p>", "one two <b>Kafka</b>"),
    ],
)
def test_quotation_is_the_sentence_around_the_mention(html, sentence):
    assert quoted(HEAD + html.format('<a href="../kafka/">Kafka</a>')) == sentence


@pytest.mark.parametrize("before, after", [(0, 80), (80, 0), (5, 80), (80, 5), (80, 80)])
def test_long_sentence_is_cut_at_spaces_and_keeps_the_mention(before, after):
    words = ["w" + "o" * (n % 7) + "rd" for n in range(80)]
    html = f'<p>{" ".join(words[:before])} <a href="../kafka/">Kafka</a> {" ".join(words[:after])}</p>'
    text = quoted(HEAD + html)
    plain = re.sub("<[^>]+>", "", text)
    assert LONGEST * 0.8 < len(plain) <= LONGEST + len("… ") * 2
    assert "<b>Kafka</b>" in text
    assert set(plain.split()) <= {*words, "Kafka", "…"}
    assert plain.startswith("…") == (before == 80) and plain.endswith("…") == (after == 80)


def test_mentions_are_grouped_by_part_and_many_of_them_folded():
    paragraphs = "".join(f'<h2 id="s{n}">S{n}</h2><p><a href="../../technologies/kafka/">K</a></p>' for n in range(UNFOLDED + 1))
    contents = {STORAGE: paragraphs, KAFKA: "", REDIS: f'{HEAD}<p><a href="../kafka/">K</a></p>'}
    titles = {STORAGE: "Storage & more", REDIS: "Redis", KAFKA: "Kafka"}
    html = section(KAFKA, collect(contents)[KAFKA], titles)
    groups = re.findall(r"<details[^>]*?( open)?><summary>(.*?)</summary>(.*?)</details>", html)
    assert [(opened, name) for opened, name, _ in groups] == [("", f"Fundamentals ({UNFOLDED + 1})"), (" open", "Technologies (1)")]
    assert '<a href="../../fundamentals/storage/#s0">Storage &amp; more: S0</a>' in groups[0][2]
    assert '<a href="../redis/#redis">Redis</a><br><b>K</b></li>' in groups[1][2]
    others = [f'<a href="../../fundamentals/storage/#s{n}">S{n}</a>' for n in range(1, UNFOLDED + 1)]
    assert f"<br><b>K</b><br>Also: {', '.join(others)}</li>" in groups[0][2]  # one sentence a page


def test_order_is_that_of_the_navigation_and_other_pages_do_not_count(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    link = "{good}\n# Title\n\n## Part\n\nSee [the log](../technologies/kafka.md)."
    docs = {
        "index.md": link.replace("../", ""),
        "reference/list.md": link,
        "patterns/b.md": link,
        "patterns/a.md": link,
        "fundamentals/z.md": link,
        "technologies/kafka.md": "{good}\n# Kafka\n\nA log.",
    }
    for _ in range(2):  # the second build in a process is as the first
        assert warnings_of(tmp_path, {"docs": docs}, caplog) == []
        html = backlinks((tmp_path / "site" / KAFKA / "index.html").read_text())
        places = ["../../patterns/b/#part", "../../patterns/a/#part", "../../fundamentals/z/#part"]
        assert re.findall(r'<li><a href="([^"]+)"', html) == places


def test_page_that_nothing_mentions_has_no_such_section(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    warnings_of(tmp_path, {"docs": {"index.md": "{good}\n# Home", "technologies/kafka.md": "{good}\n# Kafka"}}, caplog)
    assert "mentioned-in" not in (tmp_path / "site" / KAFKA / "index.html").read_text()


def test_every_link_between_topics_is_answered_by_a_mention(site):
    """Checked against a plain reading of the links, section by section."""
    lost = []
    for address in TOPICS:
        article = site.read(address).partition("<article")[2].partition("</article")[0]
        body = article.partition('<h2 id="mentioned-in"')[0]
        body = re.sub(r'<figure class="diagram">.*?</figure>|<div class="footnote">.*?</div>', "", body, flags=re.S)
        for piece in re.split(r"(?=<h[1-6] id=)", body)[1:]:
            anchor = re.match(r'<h\d id="([^"]+)"', piece)[1]
            around = callouts_around(piece)
            for link in re.findall(r'<a [^>]*href="([^"]+)"', piece):
                parts = urlsplit(urljoin(site.url + address, link))
                target = parts.path.lstrip("/")
                if site.url.endswith(f"//{parts.netloc}/") and target in TOPICS and target != address:
                    links = contents_of(backlinks(site.read(target))).links
                    places = {f"{site.url}{address}#{place}" for place in (anchor, *around)}
                    if not places & {urljoin(site.url + target, back) for back in links}:
                        lost.append((address, anchor, target))
    assert not lost


def test_mentions_stay_out_of_the_search_index(site):
    """Otherwise a page would be found by the words of the pages that mention it."""
    entries = [entry for entry in documents(site) if entry["location"].startswith(KAFKA)]
    assert entries and not [entry for entry in entries if "mentioned-in" in entry["location"]]
    mentions = re.findall(r"<br>(.{40,}?)(?:<br>|</li>)", backlinks(site.read(KAFKA)))
    words = max((re.split("</?b>", mention)[-1].strip() for mention in mentions), key=len)
    assert not [entry for entry in entries if words in entry["text"]]


def test_mentions_are_in_the_table_of_contents_and_lead_to_the_section(site, open_page):
    page = open_page(site.url + KAFKA)
    entry = page.locator(".md-nav--secondary").get_by_role("link", name="Mentioned in")
    assert entry.is_visible() and entry.get_attribute("href").endswith("#mentioned-in")
    page.locator("details.mentions:not([open]) summary").first.click()
    first = page.locator("details.mentions a").first
    target = urljoin(page.url, first.get_attribute("href"))
    first.click()
    # The page, not the anchor: the theme moves the anchor on as soon as the reader scrolls.
    page.wait_for_url(lambda url: url.startswith(target.partition("#")[0]))
    page.locator(f"[id='{urlsplit(target).fragment}']").wait_for()


def test_mention_in_a_folded_answer_is_unfolded(site, open_page):
    page = open_page(site.url + "technologies/cassandra/")
    page.evaluate("document.querySelectorAll('details.mentions').forEach(group => { group.open = true })")
    link = page.locator("details.mentions a[href*='partitioning/#question-']").first
    anchor = link.get_attribute("href").partition("#")[2]
    link.click()
    page.locator(f"details[open][id='{anchor}'] a[href*='cassandra/']").first.wait_for()
    assert 0 < page.locator(f"details[id='{anchor}']").bounding_box()["y"] < 300


@pytest.mark.parametrize("link", ["technologies/cassandra/", "patterns/multi-step-processes/"])
def test_way_back_from_a_mention_leads_to_the_same_place_and_address_with_the_same_groups_unfolded(link, site, open_page):
    page = open_page(site.url + link)
    page.evaluate("document.querySelectorAll('details.mentions:not([open]) summary').forEach(summary => summary.click())")
    mention = page.locator("details.mentions").last.locator("a").last
    mention.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # the theme notes a place when scrolling has ended
    state = "[location.href, Math.round(scrollY / 10), [...document.querySelectorAll('article details')].map(({ open }) => open)]"
    before = page.evaluate(state)
    mention.click()
    page.wait_for_url(lambda url: link not in url)
    page.wait_for_timeout(800)
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(500)
    page.go_back()
    page.wait_for_url(f"**/{link}*")
    page.locator("details.mentions[open]").first.wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate(state) == before


def test_address_after_the_way_back_names_no_section_of_the_page_left(site, open_page):
    page = open_page(site.url + "patterns/multi-step-processes/")
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(800)
    before = page.url
    page.evaluate("[...document.querySelectorAll('article a[href*=contention]')].find(link => link.getBoundingClientRect().top > 100).click()")
    page.wait_for_url("**/contention/*")
    page.wait_for_timeout(500)
    page.go_back()
    page.locator("h1", has_text="Multi-step").wait_for()
    assert page.url == before
    page.wait_for_timeout(600)
    assert page.url == before and page.evaluate("scrollY") > 4000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_mentions_fit_a_phone_and_are_not_printed(scheme, site, open_page):
    page = open_page(f"{site.url}{KAFKA}#mentioned-in", width=360, scheme=scheme)
    page.evaluate("document.querySelectorAll('details.mentions').forEach(group => { group.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("details.mentions li").last.is_visible()
    page.emulate_media(media="print")
    assert not page.locator("#mentioned-in").is_visible()
    assert not page.locator("details.mentions li").first.is_visible()
