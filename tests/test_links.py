"""The check of outgoing links, against a server on this machine that answers as servers do."""

import http.server
import threading
import time
from collections import defaultdict
from datetime import date, timedelta

import pytest

from checks import links
from checks.links import Answer
from hooks.quantities import STALE_AFTER, quantities


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path, and notes what it was asked."""

    asked: list[str] = []

    def log_message(self, *_):
        pass

    def answer(self):
        self.asked.append(f"{self.command} {self.path}")
        kind = self.path.strip("/")
        if kind == "slow":
            time.sleep(1)
        code = {"redirect": 301, "loop": 302, "to-nowhere": 301, "busy": 503}.get(kind)
        code = code or (405 if kind == "no-head" and self.command == "HEAD" else int(kind) if kind.isdigit() else 200)
        self.send_response(code)
        if 300 <= code < 400:
            self.send_header("Location", {"redirect": "/200", "to-nowhere": "/404"}.get(kind, self.path))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/200", Answer()),
        ("/redirect", Answer()),
        ("/no-head", Answer()),
        ("/404", Answer(dead=True, reason="answers 404")),
        ("/410", Answer(dead=True, reason="answers 410")),
        ("/to-nowhere", Answer(dead=True, reason="answers 404")),
        ("/403", Answer(unclear=True, reason="answers 403")),
        ("/busy", Answer(unclear=True, reason="answers 503")),
        ("/loop", Answer(unclear=True, reason="answers 302")),
    ],
)
def test_answer_of_a_server_is_understood(path, answer, server):
    assert links.once(server + path) == answer


def test_head_is_asked_first_and_get_only_where_it_is_refused(server):
    Handler.asked.clear()
    links.once(server + "/200")
    links.once(server + "/no-head")
    assert Handler.asked == ["HEAD /200", "HEAD /no-head", "GET /no-head"]


def test_slow_server_is_unclear_and_asked_twice(server):
    Handler.asked.clear()
    assert links.patiently(server + "/slow", timeout=0.2, retry=0).unclear
    assert len(Handler.asked) == 2


def test_closed_port_is_unclear_and_unknown_host_dead(monkeypatch, server):
    assert links.once("http://127.0.0.1:9/").unclear

    def unknown(*_, **__):
        raise links.URLError(links.socket.gaierror(links.socket.EAI_NONAME, "Name or service not known"))

    monkeypatch.setattr(links, "urlopen", unknown)
    assert links.once("https://nowhere.example/") == Answer(dead=True, reason="no such host")


def test_one_address_of_a_host_at_a_time_and_hosts_side_by_side():
    urls = [f"https://{host}/{number}" for host in ("a.com", "b.com") for number in range(3)]
    under_way, most = defaultdict(int), defaultdict(int)

    def ask(url):
        for key in (url.split("/")[2], "all"):
            under_way[key] += 1
            most[key] = max(most[key], under_way[key])
        time.sleep(0.05)
        for key in (url.split("/")[2], "all"):
            under_way[key] -= 1
        return Answer()

    assert links.asked(urls, ask, pause=0).keys() == set(urls)
    assert most == {"a.com": 1, "b.com": 1, "all": 2}


def test_addresses_are_collected_with_file_and_line(tmp_path):
    page = tmp_path / "docs" / "a.md"
    page.parent.mkdir()
    page.write_text(
        "See [x](https://a.com/x#part), <https://a.com/y>.\n\n"
        "[^w]: [W](https://a.com/w_(b)). And https://a.com/x again.\n"
        "`https://code.com/` http://localhost/ https://api.example.com/ https://127.0.0.1/ [z](z.md)\n"
        '- source: {title: "T", url: "https://b.com/n"}\n'
    )
    assert links.collected([page], tmp_path) == {
        "https://a.com/x": ["docs/a.md:1", "docs/a.md:3"],
        "https://a.com/y": ["docs/a.md:1"],
        "https://a.com/w_(b)": ["docs/a.md:3"],
        "https://b.com/n": ["docs/a.md:5"],
    }


def test_report_names_place_address_and_reason_and_fails_for_what_is_dead():
    cited = {"https://a.com/": ["docs/a.md:1", "docs/b.md:2"], "https://b.com/": ["docs/a.md:3"]}
    answers = {"https://a.com/": Answer(dead=True, reason="answers 404"), "https://b.com/": Answer()}
    report, bad = links.reported(cited, answers, [])
    assert bad and "## Dead links: 1 of 2" in report
    assert "- docs/a.md:1, docs/b.md:2: https://a.com/ answers 404" in report and "b.com" not in report
    unclear = {url: Answer(unclear=True, reason="answers 403") for url in cited}
    report, bad = links.reported(cited, unclear, [])
    assert not bad and "- docs/a.md:3: https://b.com/ answers 403" in report
    assert links.reported(cited, dict.fromkeys(cited, Answer()), []) == ("All 2 links answer, and every limit is fresh.", False)


def test_stale_limit_is_reported_with_its_line():
    limit = next(quantity for quantity in quantities() if quantity.kind == "limit")
    assert links.stale([limit], limit.checked + STALE_AFTER) == []
    old = links.stale([limit], limit.checked + STALE_AFTER + timedelta(days=1))
    assert old == [limit]
    report, bad = links.reported({}, {}, old)
    line = int(report.partition("docs/numbers.yml:")[2].partition(":")[0])
    lines = (links.ROOT / "docs/numbers.yml").read_text().splitlines()
    assert bad and lines[line - 1] == f"- id: {limit.id}" and str(limit.checked) in report
    assert not links.stale([q for q in quantities() if q.kind != "limit"], date.max)


def test_every_address_on_the_pages_is_well_formed():
    """By syntax only; whether it answers is asked by `make check-links`."""
    files = links.chain.from_iterable(links.ROOT.glob(pattern) for pattern in links.SOURCES)
    cited = links.collected(files, links.ROOT)
    assert len(cited) > 500
    odd = {url: places for url, places in cited.items() if not links.re.fullmatch(r"https://[a-z0-9.-]+(?:/[!-~]*)?(?:\?[!-~]+)?", url)}
    assert set(odd) <= {"http://www.w3.org/2000/svg"}, odd
