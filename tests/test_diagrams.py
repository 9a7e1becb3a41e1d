"""Mermaid fences become pictures: named, captioned, the same each time, small, and links in them work."""

import gzip
import re
from datetime import date
from statistics import median

import markdown
import pytest

from hooks import diagrams
from hooks.authoring import Fault
from tests.conftest import DOCS

SIMPLE = """flowchart LR
  accTitle: Two boxes
  accDescr: One box leads to another.
  A[Client] -->|asks| B[Server]
"""
MEDIAN_BYTES = 2000  # of a picture, compressed as a server does
WIDEST = 620  # CSS pixels: the column of text on a desk
SHEET = DOCS / "assets" / "stylesheets" / "site.css"
FENCE = re.compile(r"^( *)```mermaid[^\n]*\n(.*?)^\1```", re.M | re.S)


def convert(*fences: str) -> str:
    settings = {"name": "mermaid", "class": "mermaid", "format": diagrams.fence, "validator": diagrams.fence_options}
    md = markdown.Markdown(
        extensions=["pymdownx.superfences"], extension_configs={"pymdownx.superfences": {"custom_fences": [settings]}}
    )
    return md.convert("\n\n".join(f'```mermaid caption="Notice the arrow."\n{fence}```' for fence in fences))


def fences_of_the_site() -> list[tuple[str, str]]:
    found = []
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        for match in FENCE.finditer(text):
            line = text[: match.start()].count("\n") + 1
            source = "\n".join(row.removeprefix(match[1]) for row in match[2].split("\n"))
            found.append((f"{path.relative_to(DOCS)}:{line}", source))
    return found


def test_picture_has_name_description_caption_and_selectable_text():
    html = convert(SIMPLE)
    title, description = re.findall(r"<(?:title|desc) id=\"([^\"]+)\">", html)
    assert f'aria-labelledby="{title}"' in html and f'aria-describedby="{description}"' in html
    assert ">Two boxes</title>" in html and ">One box leads to another.</desc>" in html
    assert "<figcaption>Notice the arrow.</figcaption>" in html
    assert 'role="img"' in html and re.search(r"<text[^>]*>Client</text>", html)


def test_same_source_gives_the_same_bytes():
    assert convert(SIMPLE) == convert(SIMPLE)


def test_time_of_the_build_does_not_show():
    """A Gantt chart marks the present unless told what it is."""
    today = f"{date.today():%Y-%m-%d}"
    chart = f"gantt\n accTitle: Today\n accDescr: A chart of today.\n dateFormat YYYY-MM-DD\n section A\n one :{today}, 1d\n"
    elsewhen = chart.replace(today, "2020-01-01")
    assert convert(chart).count("<line") + convert(chart).count("<path") == convert(elsewhen).count("<line") + convert(elsewhen).count("<path")


def test_ids_stay_unique_when_a_diagram_stands_twice_on_a_page():
    ids = re.findall(r'(?<![\w-])id="([^"]+)"', convert(SIMPLE, SIMPLE))
    assert len(ids) == 4 == len(set(ids))


def declarations(css: str) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (part.partition(":") for part in css.split(";")) if value}


def test_colors_and_fonts_come_from_the_style_sheet():
    """A color written into a picture would be wrong in the other scheme and on paper."""
    html = convert(SIMPLE)
    assert re.search(r'fill="var\(--', html) and not re.search(r"#[0-9a-fA-F]{3,6}\b|rgb\(|sans-serif", html)
    root = re.search(r"<svg[^>]*>", html)[0]
    width = re.search(r' width="([^"]*)"', root)[1]
    assert re.findall(r'style="([^"]*)"', root) == [f"--w:{width}px"] and "fill=" not in root


def test_style_sheet_says_what_pele_says_in_each_picture():
    """Whoever takes a new pele sees here what site.css has to say then."""
    sheet = declarations(re.search(r"^\.pele \{(.*?)\}", SHEET.read_text(), re.M | re.S)[1])
    for place, source in fences_of_the_site():
        root = re.search(r"<svg[^>]*>", diagrams.draw(source, "d")[0])[0]
        said = declarations(re.search(r'style="([^"]*)"', root)[1])
        said["font"] = f"{diagrams.OPTIONS['fontSize']}px {said.pop('font-family')}"
        said |= {"fill": re.search(r'fill="([^"]*)"', root)[1], "--_fm": "monospace", "--_hw": "bold"}
        plain = {name: re.sub(r"(--pele-\w[\w-]*),[^)]*", r"\1", value) for name, value in said.items()}
        assert plain == {name: sheet[name] for name in plain}, place


def test_picture_outside_of_a_page_has_its_colors_and_font():
    svg, _ = diagrams.draw(SIMPLE, "d")
    assert "--_bg:var(--pele-bg,#fff)" in svg and "font:15px" in svg


def test_coordinates_are_rounded_and_words_are_not():
    svg = '<svg class="pele x" width="10.02"><g class="pele-edge" data-id="e"><path d="M1.26,-0.3L3,4"/><text x="1.74" text-anchor="end">0.25 ms, x 1.26</text></g></svg>'
    left = '<svg text-anchor="middle" class="pele x" width="10"><g><path d="m1.5-0.5l1.5,4.5"/><text x="1.5" text-anchor="end">0.25 ms, x 1.26</text></g></svg>'
    assert diagrams.short(svg) == left


def test_words_stand_where_they_stood():
    svg = '<svg><text x="1" text-anchor="middle">in the middle</text><text x="2" text-anchor="end">ends</text><text x="3">begins</text></svg>'
    left = '<svg text-anchor="middle"><text x="1">in the middle</text><text x="2" text-anchor="end">ends</text><text text-anchor="start" x="3">begins</text></svg>'
    assert diagrams.short(svg) == left


@pytest.mark.parametrize(
    "path, steps",
    [
        ("M1,2L1,5L4,5L5,9Z", "m1,2v3h3l1,4z"),
        ("M1,2C1,3 2,4 3,5L4,4", "m1,2c0,1,1,2,2,3l1-1"),
        ("M1,2L3,4ZL5,5M9,9L9,9", "m1,2l2,2zl4,3m4,4h0"),  # a closed path goes on where it began
        ("M1,2Q3,4 5,6", "m1,2q2,2,4,4"),
        ("M1,2A3,3 0 0 1 4,5", "M1,2A3,3 0 0 1 4,5"),
        ("m1,2l3,4", "m1,2l3,4"),
        ("M1,2H5V9", "M1,2H5V9"),
    ],
)
def test_path_in_steps_leads_to_the_same_points(path, steps):
    assert diagrams.in_steps(path) == steps


def test_picture_holds_no_script_and_no_foreign_address():
    evil = SIMPLE + '  click A href "javascript:alert(1)"\n  C["<script>alert(1)</script>"]\n'
    html = convert(evil)
    assert "javascript:" not in html and "<script" not in html


@pytest.mark.parametrize("kind", ["flowchrt LR", "Flowchart LR", "sequencDiagram", "zenuml"])
def test_kind_that_mermaid_does_not_have_is_refused(kind):
    html = convert(SIMPLE.replace("flowchart LR", kind))
    assert 'class="diagram-error"' in html and '<div class="mermaid">' not in html


def test_kind_that_pele_cannot_draw_is_left_to_the_browser(monkeypatch):
    def refuse(*_):
        raise diagrams.DiagramError("not supported yet", unsupported=True)

    monkeypatch.setattr(diagrams, "draw", refuse)
    html = convert(SIMPLE)
    assert '<div class="mermaid">flowchart LR' in html and "diagram-error" not in html


def test_kind_without_a_title_is_refused():
    """Mermaid reads accTitle there as a column."""
    assert 'class="diagram-error"' in convert(SIMPLE.replace("flowchart LR", "kanban").replace("A[Client] -->|asks| B[Server]", "todo"))


@pytest.mark.parametrize("line", ["accTitle: Two boxes", "accDescr: One box leads to another."])
def test_empty_title_or_description_does_not_take_the_next_line(line):
    assert 'class="diagram-error"' in convert(SIMPLE.replace(line, line.partition(" ")[0]))


def test_missing_renderer_stops_the_build(monkeypatch, tmp_path):
    """Not with the source in its place, which superfences shows after any other exception."""
    monkeypatch.setattr(diagrams, "PELE", tmp_path / "pele.js")
    diagrams.version.cache_clear()
    with pytest.raises(Fault, match="npm ci"):
        convert(SIMPLE)


def test_every_diagram_can_be_left_to_the_browser(monkeypatch):
    monkeypatch.setenv("DIAGRAMS", "browser")
    html = convert(SIMPLE)
    assert '<div class="mermaid">flowchart LR' in html and "--&gt;|asks|" in html and "<svg" not in html


def test_every_fence_of_the_site_parses_with_mermaid_itself(browser):
    """GitHub and editors draw the same fences with Mermaid."""
    page = browser.new_page()
    page.add_script_tag(path=str(diagrams.MERMAID))
    fences = fences_of_the_site()
    assert len(fences) > 50
    errors = page.evaluate(
        """async sources => {
             const errors = []
             for (const source of sources)
               errors.push(await mermaid.parse(source).then(() => null, error => String(error.message)))
             return errors
           }""",
        [source for _, source in fences],
    )
    assert not [(place, error) for (place, _), error in zip(fences, errors, strict=True) if error]


def test_every_fence_of_the_site_is_drawn_while_building(site):
    drawn = sum(site.read(page).count('<figure class="diagram">') for page in site.pages)
    assert drawn == len(fences_of_the_site())
    assert not any('<div class="mermaid"' in site.read(page) for page in site.pages)


def test_pictures_of_the_site_are_small():
    sizes = [len(gzip.compress(diagrams.draw(source, "d")[0].encode())) for _, source in fences_of_the_site()]
    assert median(sizes) <= MEDIAN_BYTES, f"median {median(sizes)} bytes"


def test_pictures_of_the_site_fit_the_column_of_text():
    wide = {f"docs/{place}": width for place, source in fences_of_the_site() if (width := width_of(source)) > WIDEST}
    assert not wide, f"wider than {WIDEST} pixels; break labels with <br/> or turn the direction: {wide}"


def width_of(source: str) -> float:
    return float(re.search(r' width="([\d.]+)"', diagrams.draw(source, "d")[0])[1])


def test_picture_is_drawn_for_a_phone():
    """Messages and labels break where the picture would be wider; a chart that names its width keeps it."""
    head = "  accTitle: T\n  accDescr: D\n"
    talk = "\n".join(f"  A->>B: {'a long message between two of four ' * 2}\n  C->>D: short" for _ in range(2))
    assert width_of(f"sequenceDiagram\n{head}{talk}") <= 328
    row = "\n".join(f"  A --> {name}[one more long label]" for name in "BCD")
    assert width_of(f"flowchart TB\n{head}{row}") <= 328
    chain = f"flowchart LR\n{head}  A[one more long label] --> B[one more long label] --> C[one more long label]"
    assert width_of(chain) <= 328 and ">one more long label<" in diagrams.draw(chain, "d")[0]  # there is room for it
    chart = f"---\nconfig:\n  gantt:\n    useWidth: 600\n---\ngantt\n{head}  dateFormat HH:mm\n  section S\n  one :00:00, 5m"
    assert width_of(chart) == 600
