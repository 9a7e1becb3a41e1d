"""Code on the pages is what a reader will type, so it parses; tests/test_sample_runs.py runs what makes a promise."""

import ast
import json
import re
import subprocess

import graphql
import pglast
import pytest
import tree_sitter_java
import tree_sitter_javascript
import yaml
from tree_sitter import Language, Parser

from tests.conftest import DOCS

FENCE = re.compile(r"^( *)(`{3,}|~{3,}) *([\w+#-]+)[^\n]*\n(.*?)^\1\2 *$", re.M | re.S)


def samples() -> list[tuple[str, str, str]]:
    """Return place ("redis.md:12"), language and text of every code block that is not drawn or counted."""
    found = []
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        for match in FENCE.finditer(text):
            line = text[: match.start()].count("\n") + 2  # the first line of the code
            code = "\n".join(row.removeprefix(match[1]) for row in match[4].split("\n"))
            found.append((f"{path.relative_to(DOCS)}:{line}", match[3], code))
    return found


def tree_sitter(grammar):
    """Return a parser that raises SyntaxError with the line of the first thing it does not understand."""

    def parse(code: str) -> None:
        tree = Parser(Language(grammar())).parse(code.encode())
        nodes = [tree.root_node]
        while nodes:
            node = nodes.pop()
            if node.is_error or node.is_missing:
                raise SyntaxError(f"line {node.start_point[0] + 1} of the sample: {node.text.decode()[:80]!r}")
            nodes += node.children

    return parse


def parse_bash(code: str) -> None:
    checked = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True)
    if checked.returncode:
        raise SyntaxError(checked.stderr)


def parse_http(code: str) -> None:
    """A message is a start line, header fields, an empty line and a body; several may follow each other."""
    start = r"(?:[A-Z]+ \S+(?: HTTP/[\d.]+)?|HTTP/[\d.]+ \d{3}.*)"
    if not re.match(start, code):
        raise SyntaxError(f"no request line or status line: {code.splitlines()[0]!r}")
    for field in re.split(r"\n\s*\n", code)[0].splitlines()[1:]:
        if not re.match(rf"[\w-]+: \S|{start}|\s", field):
            raise SyntaxError(f"no header field: {field!r}")


PARSERS = {
    "bash": parse_bash,
    "graphql": graphql.parse,
    "http": parse_http,
    "java": tree_sitter(tree_sitter_java.language),
    "javascript": tree_sitter(tree_sitter_javascript.language),
    "json": json.loads,
    "python": ast.parse,
    "sql": pglast.parse_sql,
    "yaml": yaml.safe_load,
}
# Languages without a parser at hand: read by people only.
UNCHECKED = {"cql", "protobuf", "text"}
# Made into something else by the build, and checked there.
BUILT = {"calculator", "callouts", "mermaid", "numbers", "sheet", "sheet-sources"}


@pytest.mark.parametrize("place, language, code", samples(), ids=lambda value: value if ".md:" in str(value) else "")
def test_sample_parses(place, language, code):
    if language in UNCHECKED | BUILT:
        return
    assert language in PARSERS, f"docs/{place}: no parser for {language!r}; add one to {__file__}"
    try:
        PARSERS[language](code)
    except Exception as error:
        pytest.fail(f"docs/{place}: this {language} does not parse: {error}")
