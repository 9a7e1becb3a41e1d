"""Asks whether what the site cites is still there: every outgoing link, live, and figures nobody looked up lately.

`python -m checks.links` prints a report in Markdown, each entry with file and line, also into the file it is given
the name of, and exits with 1 if a link is dead or a figure stale. `make check-links` runs it, and a scheduled workflow
turns the report into one issue. Never part of the build or the tests, which need no network.

An address is asked for with HEAD, and with GET where that is refused. Only an answer that says "gone" (404, 410) and
a host that does not exist make a dead link. A server that answers otherwise, or not in time, after a second try, may
just dislike programs: it is listed as unclear, for a person with a browser. Of one host one address is asked for at
a time, with a pause.
"""

import re
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from itertools import chain
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import Request, urlopen

from hooks.authoring import line_of
from hooks.quantities import STALE_AFTER, Quantity, quantities

ROOT = Path(__file__).parent.parent
SOURCES = ("docs/**/*.md", "docs/numbers.yml", "*.md", "overrides/*.html")
ADDRESS = re.compile(r"""https?://[^\s"'<>`{}|\\^\[\]]+""")
EXAMPLE = re.compile(r"(?:^|\.)(?:example(?:\.com|\.org|\.net)?|localhost|test|invalid|internal|\d+\.\d+\.\d+\.\d+)$")
GONE = {404, 410}
AGENT = "Mozilla/5.0 (compatible; link check of a documentation site)"
TIMEOUT, PAUSE, RETRY = 20.0, 1.0, 10.0  # seconds: for an answer, between two questions to a host, before a second try
HOSTS = 16  # asked at the same time


@dataclass(frozen=True)
class Answer:
    """What became of an address: `dead`, `unclear` or neither, and why."""

    dead: bool = False
    unclear: bool = False
    reason: str = ""


def main() -> None:
    """Check all links and figures of the project and print the report."""
    cited = collected(chain.from_iterable(sorted(ROOT.glob(pattern)) for pattern in SOURCES), ROOT)
    report, bad = reported(cited, asked(cited), stale(quantities(), date.today()))
    print(report)
    for name in sys.argv[1:]:
        Path(name).write_text(report + "\n", encoding="utf-8")
    sys.exit(bad)


def collected(files: Iterable[Path], root: Path) -> dict[str, list[str]]:
    """Return the outgoing addresses in `files`, each with its places as "docs/index.md:7"; `root` is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
            for url in addresses(line):
                found[url].append(f"{path.relative_to(root)}:{number}")
    return dict(found)


def addresses(line: str) -> Iterator[str]:
    """Yield the addresses in a line that lead somewhere, without fragment: none of RFC 2606's examples."""
    for url in ADDRESS.findall(re.sub(r"`[^`]*`", "", line)):
        while url.endswith((".", ",", ";", ":", "*")) or url.count(")") > url.count("("):
            url = url[:-1]
        if (host := urlsplit(url).hostname) and "." in host and not EXAMPLE.search(host):
            yield urldefrag(url).url


def asked(urls: Iterable[str], ask: Callable[[str], Answer] | None = None, pause: float = PAUSE) -> dict[str, Answer]:
    """Return the answer to each address; those of a host are asked for one after another, `pause` seconds apart."""
    ask = ask or patiently
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[urlsplit(url).netloc].append(url)

    def of_host(urls: list[str]) -> list[tuple[str, Answer]]:
        answers = []
        for number, url in enumerate(urls):
            time.sleep(pause if number else 0)
            answers.append((url, ask(url)))
        return answers

    with ThreadPoolExecutor(HOSTS) as pool:
        return dict(chain.from_iterable(pool.map(of_host, sorted(hosts.values(), key=len, reverse=True))))


def patiently(url: str, timeout: float = TIMEOUT, retry: float = RETRY) -> Answer:
    """Return what becomes of an address, asked for again after `retry` seconds where that is unclear."""
    answer = once(url, timeout)
    if answer.unclear:
        time.sleep(retry)
        answer = once(url, timeout)
    return answer


def once(url: str, timeout: float = TIMEOUT) -> Answer:
    """Return what becomes of an address, redirects followed; with GET where HEAD is refused."""
    for method in ("HEAD", "GET"):
        try:
            with urlopen(Request(url, method=method, headers={"User-Agent": AGENT, "Accept": "*/*"}), timeout=timeout):
                return Answer()
        except HTTPError as error:
            answer = Answer(dead=error.code in GONE, unclear=error.code not in GONE, reason=f"answers {error.code}")
            error.close()
        except URLError as error:
            unknown = isinstance(error.reason, socket.gaierror) and error.reason.errno == socket.EAI_NONAME
            return Answer(dead=unknown, unclear=not unknown, reason="no such host" if unknown else str(error.reason))
        except (OSError, HTTPException, ValueError) as error:  # a timeout while reading, an answer that is not HTTP
            return Answer(unclear=True, reason=str(error) or type(error).__name__)
    return answer


def stale(figures: Iterable[Quantity], today: date) -> list[Quantity]:
    """Return the vendors' limits that nobody has looked up for too long."""
    return [quantity for quantity in figures if quantity.is_stale(today)]


def reported(cited: dict[str, list[str]], answers: dict[str, Answer], old: list[Quantity]) -> tuple[str, bool]:
    """Return the report, and whether it holds something to mend."""
    dead = [entry(url, cited[url], answer) for url, answer in sorted(answers.items()) if answer.dead]
    unclear = [entry(url, cited[url], answer) for url, answer in sorted(answers.items()) if answer.unclear]
    numbers = ROOT / "docs/numbers.yml"
    figures = [
        f"- docs/numbers.yml:{line_of(numbers, f'- id: {q.id}')}: {q.id}, {q.value}, last checked {q.checked}: {q.source_url}"
        for q in old
    ]
    sections = (
        (f"Dead links: {len(dead)} of {len(answers)}", dead),
        (f"Limits not checked for {STALE_AFTER.days} days: {len(figures)}", figures),
        (f"Unclear, look with a browser: {len(unclear)}", unclear),
    )
    text = "\n\n".join(f"## {title}\n\n" + "\n".join(lines) for title, lines in sections if lines)
    return text or f"All {len(answers)} links answer, and every limit is fresh.", bool(dead or figures)


def entry(url: str, places: list[str], answer: Answer) -> str:
    """Return the line of the report for an address."""
    return f"- {', '.join(places)}: {url} {answer.reason}"


if __name__ == "__main__":
    main()
