"""The field's terms are spelled one way, in tests/terms.yml, and the spelling is American."""

import re
from pathlib import Path

import pytest
import yaml

from hooks.authoring import shown
from tests.conftest import DOCS, ROOT

FORMS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("terms.yml").read_text())
SOURCES = sorted([*DOCS.rglob("*.md"), DOCS / "numbers.yml", ROOT / "README.md", ROOT / "CONTRIBUTING.md"])

FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
# What is prose within a fence: the words about a diagram.
ABOUT_DIAGRAM = re.compile(r'caption="([^"]*)"|^\s*(?:accTitle|accDescr):(.*)$')
# What is no prose within a line, each as one regular piece of Markdown.
NO_PROSE = re.compile(
    r"""
    (?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)      # code
    | \]\([^)\s]*(?=[\s)])                        # the address of a link
    | <[/a-zA-Z!][^>]*>                             # a tag with its attributes, or an address in angle brackets
    | \{[:.\#][^}]*\}                               # a list of attributes
    | \[\^[^\]]*\]                                  # the name of a footnote
    | \bhttps?://\S+                                # an address
    | (?<![\w/])[\w./-]*\.(?:md|yml|py|js|com|org|io|net|dev|apache)\b[\w/.-]*  # a file or a host
    """,
    re.X,
)
# Quotations: the title of a source, other names of a section, and other names of a term, which people type.
QUOTATION = re.compile(r"^\[\^[^\]]+\]:.*|^\s*source:.*|^  [\w-]+: \[.*\]$|^(?!:)\S[^.]*(?P<aliases>\([^()]*\))$")
PROSE_OF_A_FIGURE = re.compile(r"^\s*(?:- )?(?:label|condition|trigger):(.*)")


def prose(path: Path) -> list[str]:
    """Return the lines of a Markdown file or of numbers.yml with all that is not prose left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".yml":
        found = [PROSE_OF_A_FIGURE.match(line) for line in lines]
        return [match[1] if match else "" for match in found]
    kept, fence = [], ""
    for line in lines:
        opening = FENCE.match(line)
        if fence or opening:
            about = ABOUT_DIAGRAM.search(line)
            kept.append((about[1] or about[2]) if about else "")
            if opening:
                fence = "" if fence and opening[1].startswith(fence) else fence or opening[1]
        else:
            quotation = QUOTATION.match(line)
            if quotation:
                line = line[: quotation.start("aliases")] if quotation["aliases"] and path.name == "glossary.md" else line
                line = "" if not quotation["aliases"] else line
            kept.append(NO_PROSE.sub(" ", line))
    return kept


RIGHT = {f"form{number}": right for number, right in enumerate(FORMS)}
# All wrong forms as one pattern, as whole words, not as part of the name of a file or a host.
WRONG = re.compile(
    r"(?<![\w/.@])(?:%s)(?![\w@]|\.\w)"
    % "|".join(
        f"(?P<{group}>" + "|".join(re.sub(r"^\(\?i\)(.*)", r"(?i:\1)", pattern) for pattern in FORMS[right]) + ")"
        for group, right in RIGHT.items()
    )
)


def misspelled(path: Path) -> list[str]:
    """Return the wrong forms in a file, each with its line and what is right."""
    return [
        f'{shown(path)}:{number}: "{match[0]}"; write {RIGHT[match.lastgroup]}'
        for number, line in enumerate(prose(path), 1)
        for match in WRONG.finditer(line)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_terms_are_spelled_one_way(path):
    assert misspelled(path) == []


def test_list_has_no_right_form_among_the_wrong_ones():
    assert [form for form in FORMS if WRONG.fullmatch(form)] == []


PAGE = """---
title: Postgres
---

# The write ahead log

Postgres calls `postgres`, see [the Postgres docs](https://www.postgresql.org/docs/) and
[here](../technologies/postgresql.md#postgres "Elastic search").[^postgres]
Its behaviour (Zookeeper) <span class="postgres">is told</span> in postgresql.conf on dynamodb.example.com.

```mermaid caption="The colour tells Redis and redis apart."
flowchart LR
  accTitle: Web socket
  accDescr: A websocket.
  A[postgres] --> B
```

````markdown
```text
dynamodb
```
dynamodb
````

Graphql{.postgres} ``a `postgres` b`` and MySql. A Zookeeper-style lock behind Nginx/Envoy, not a non-Postgres one.

[^postgres]: [Postgres behaviour](https://example.com)
"""


def test_wrong_forms_are_found_in_prose_only_each_with_its_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    found = [message.partition("page.md:")[2] for message in misspelled(page)]
    assert found == [
        '2: "Postgres"; write PostgreSQL',
        '5: "write ahead log"; write write-ahead log',
        '7: "Postgres"; write PostgreSQL',
        '7: "Postgres"; write PostgreSQL',
        '8: "Elastic search"; write Elasticsearch',
        '9: "behaviour"; write behavior',
        '9: "Zookeeper"; write ZooKeeper',
        '11: "colour"; write color',
        '11: "redis"; write Redis',
        '13: "Web socket"; write WebSocket',
        '14: "websocket"; write WebSocket',
        '25: "Graphql"; write GraphQL',
        '25: "MySql"; write MySQL',
        '25: "Zookeeper"; write ZooKeeper',
        '25: "Nginx"; write nginx',
        '25: "Postgres"; write PostgreSQL',
    ]


def test_wrong_forms_are_found_in_figures_but_not_in_ids_and_titles_of_sources(tmp_path):
    figures = tmp_path / "numbers.yml"
    figures.write_text("- id: postgres-a\n  label: Postgres\n  source: {title: Postgres behaviour}\n  condition: grpc\n")
    found = [message.partition("numbers.yml:")[2] for message in misspelled(figures)]
    assert found == ['2: "Postgres"; write PostgreSQL', '4: "grpc"; write gRPC']


def test_glossary_may_name_what_people_type_instead(tmp_path):
    page = tmp_path / "glossary.md"
    page.write_text("PostgreSQL (Postgres)\n:   A Postgres.\n")
    assert [message.partition("glossary.md:")[2] for message in misspelled(page)] == ['2: "Postgres"; write PostgreSQL']
