"""The content security policy: as strict as it says, and in nobody's way."""

import re
from html import unescape
from types import SimpleNamespace

import pytest

from hooks import content_security
from hooks.content_security import ENCODING, inline_of, policy, protect, source

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
# Notes what the browser refuses, from before the first byte of a page.
WATCH = """
  window.violations = []
  addEventListener("securitypolicyviolation", event =>
    violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`))
"""


@pytest.fixture
def watched(browser):
    """Return a page whose refused scripts, styles and requests `page.evaluate("violations")` lists."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def violations(page, state: str = "networkidle") -> list[str]:
    """Return what the browser refused or complained of, once the page is in a state of Playwright's."""
    page.wait_for_load_state(state)
    return page.evaluate("violations") + [text for text in page.complaints if "status of 404" not in text]


def directives(html: str) -> dict[str, list[str]]:
    """Return the directives of a page's policy."""
    return {name: sources for name, *sources in (part.split() for part in unescape(POLICY.search(html)[1]).split(";"))}


def test_every_page_has_the_same_policy_and_it_comes_first(site):
    policies = set()
    for page in site.pages:
        html = site.read(page)
        policies.add(POLICY.search(html)[1])
        assert html.index("Content-Security-Policy") < min(html.index("<script"), html.index("<link"))
        assert ENCODING.search(html).end() < 1024
    assert len(policies) == 1


def test_policy_allows_the_site_itself_and_nothing_else(site):
    found = directives(site.read(""))
    assert found["default-src"] == ["'self'"]  # the next page too, which Firefox fetches early
    assert found["object-src"] == found["frame-src"] == found["base-uri"] == found["form-action"] == ["'none'"]
    for name, sources in found.items():
        other = [text for text in sources if text not in ("'self'", "'none'") and not text.startswith("'sha256-")]
        assert other == {"img-src": ["data:"], "style-src-attr": ["'unsafe-inline'"]}.get(name, []), name


def test_no_page_breaks_the_policy(site, watched):
    refused = {}
    for address in site.pages:
        watched.goto(site.url + address)
        if found := violations(watched, "load"):
            refused[address] = found
    assert not refused


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_a_reader_does_breaks_the_policy(scheme, site, watched):
    page = watched
    page.emulate_media(color_scheme=scheme)
    page.goto(site.url)
    page.keyboard.press("/")
    page.keyboard.type("quorum")
    page.locator(".md-search-result__item a").first.click()  # by instant navigation, to another depth
    page.wait_for_selector("article mark", state="attached")
    page.locator("label[title^='Colors: as the system']").click()
    page.locator(".footnote-ref").first.hover()
    page.locator(".hint a[href^=http]").first.wait_for()
    page.locator("article :is(p, li) a[href^='http://127']:not(.term, .footnote-ref, .headerlink, [title])").first.hover()
    page.locator(".hint :is(h1, h2, h3)").wait_for()
    assert violations(page) == []

    page.locator(".md-tabs__link", has_text="Patterns").click()
    page.wait_for_url("**/patterns/**")
    page.get_by_role("link", name="Real-time updates").first.click()
    page.wait_for_url("**/real-time-updates/**")
    page.locator("button.md-clipboard, .md-code__button").first.click(force=True)
    assert violations(page) == []

    page.locator(".md-tabs__link", has_text="Reference").click()
    page.wait_for_url("**/cheat-sheet/**")
    page.locator(".sheet-tools input").first.fill("redis")
    for button in page.locator(".sheet-tools button").all():
        button.click()
    assert violations(page) == []

    page.locator(".md-tabs__link", has_text="Fundamentals").click()
    page.wait_for_url("**/fundamentals/**")
    page.locator(".md-nav__link", has_text="Estimation").first.click()
    page.wait_for_url("**/estimation/**")
    page.locator(".calculator input").first.fill("5000000")
    assert page.locator(".calculator tbody tr").count()
    page.go_back()
    assert violations(page) == []
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1
    assert page.evaluate("document.querySelectorAll('meta[http-equiv]').length") == 1


def test_browser_refuses_what_the_policy_forbids(site, watched):
    """The watching itself can fail: a script, a style element and a picture from elsewhere are seen and refused."""
    watched.goto(site.url)
    watched.evaluate(
        """() => {
          for (const [name, text] of [["script", "window.ran = true"], ["style", "body { color: red }"]]) {
            const element = document.createElement(name)
            element.textContent = text
            document.head.append(element)
          }
          new Image().src = "https://example.com/x.png"
        }"""
    )
    refused = "".join(violations(watched))
    assert "script-src" in refused and "style-src" in refused and "img-src" in refused
    assert watched.evaluate("window.ran") is None


def test_diagram_drawn_by_the_browser_is_drawn_under_its_policy(browser_drawn_site, watched):
    watched.set_default_timeout(60_000)  # Mermaid takes its time
    watched.goto(browser_drawn_site.url + "fundamentals/networking/")
    watched.wait_for_selector("div.mermaid[data-processed] svg")
    assert violations(watched) == []
    assert "'unsafe-inline'" in directives(browser_drawn_site.read("fundamentals/networking/"))["style-src"]
    assert "'unsafe-inline'" not in directives(browser_drawn_site.read("404.html"))["style-src"]


def test_scripts_that_run_are_told_from_data_and_files():
    inline = inline_of(
        "<script>a < b && '</b>'</script><script src=x.js></script><script type=application/json>{}</script>"
        "<script type=module>m()</script><style>p{}</style><!-- <script>no</script> -->"
    )
    assert inline.scripts == {"a < b && '</b>'", "m()"}
    assert inline.styles == {"p{}"}
    assert not inline.drawn_by_browser


def test_hash_is_the_one_a_browser_computes():
    # The example of https://www.w3.org/TR/CSP2/#script-src-hash-usage
    assert source("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_same_pages_give_the_same_bytes(tmp_path):
    pages = {"a.html": "<script>1</script><style>x</style>", "b/index.html": "<script>2</script>"}
    for folder in ("one", "two"):
        for name, body in pages.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'<head><meta charset="utf-8"></head>{body}')
        protect(tmp_path / folder)
    for name in pages:
        text = (tmp_path / "one" / name).read_text()
        assert text == (tmp_path / "two" / name).read_text()
        assert POLICY.search(text)[1] == policy({"1", "2"}, {"x"})


def test_page_without_a_head_is_an_error(tmp_path):
    (tmp_path / "a.html").write_text("no head")
    with pytest.raises(ValueError, match="a.html"):
        protect(tmp_path)


def test_live_preview_and_pages_for_the_disk_have_no_policy(tmp_path):
    """Live reload adds an inline script that no hash could cover; on the disk no file is the site's own."""
    page = tmp_path / "index.html"
    page.write_text('<head><meta charset="utf-8"></head>')
    for building, published, expected in ((False, True, False), (True, False, False), (True, True, True)):
        config = SimpleNamespace(site_dir=str(tmp_path), use_directory_urls=published, extra={"building": building})
        content_security.on_post_build(config)
        assert (POLICY.search(page.read_text()) is not None) == expected
