"""The numbers sheet: complete on screen, one sheet of paper, and a drill; and the calculator beside it."""

import csv
import io
import json
import logging
import re
from html import unescape
from itertools import pairwise
from types import SimpleNamespace

import pypdf
import pytest
from markdown import Markdown
from mkdocs.exceptions import PluginError

import hooks.quantities
from hooks import calculator, sheet_pdf
from hooks.quantities import quantities
from tests.conftest import DOCS, printed
from tests.test_mistakes import warnings_of

ADDRESS = "reference/cheat-sheet/"
PAPERS = {"a4": (595, 842), "letter": (612, 792)}  # points
SHEET = [quantity for quantity in quantities() if quantity.sheet]


def squeezed(text: str) -> str:
    """Return text without white space, which a PDF does not keep."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module", params=PAPERS)
def pdf(request, site):
    path = site.folder / "reference" / f"cheat-sheet-{request.param}.pdf"
    return request.param, path, pypdf.PdfReader(path)


def test_pdf_is_two_pages_of_the_paper_it_claims(pdf):
    paper, _, reader = pdf
    assert len(reader.pages) == 2
    for page in reader.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(PAPERS[paper], abs=1)


def test_pdf_holds_every_row_of_the_sheet_with_its_source_code(pdf):
    text = squeezed("".join(page.extract_text() for page in pdf[2].pages))
    lost = [q.id for q in SHEET if squeezed(q.label) not in text or squeezed(q.value) not in text]
    assert not lost
    assert "reference/cheat-sheet/" in text and re.search(r"checked20\d\d-\d\d-\d\d", text)


def test_pdf_is_tagged_titled_small_and_embeds_its_fonts(pdf):
    _, path, reader = pdf
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.startswith("Numbers to know")
    assert path.stat().st_size < 300_000
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described["/FontDescriptor"])


def test_pdf_links_to_the_site_and_not_to_the_machine_that_printed_it(pdf, site):
    actions = [a.get_object().get("/A") for page in pdf[2].pages for a in page.get("/Annots", [])]
    links = [str(action["/URI"]) for action in actions if action and "/URI" in action]
    assert any(link.startswith(site.url + "fundamentals/") for link in links)
    assert [link for link in links if link.startswith("file:")] == []


def test_smallest_print_is_at_least_seven_and_a_half_points(pdf):
    sizes = set()

    def note(text, user, matrix, font, size):
        if text.strip():
            # Size in points: the font's size times the scale of text and page.
            sizes.add(round(size * abs(matrix[3] or matrix[0]) * abs(user[3] or user[0]), 2))

    for page in pdf[2].pages:
        page.extract_text(visitor_text=note)
    assert sizes and min(sizes) >= 7.45, sorted(sizes)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printing_the_page_from_a_browser_gives_the_same_two_pages(paper, scheme, site, open_page):
    page = open_page(site.url + ADDRESS, scheme=scheme)
    assert len(printed(page, format=paper)) == 2


def test_nothing_is_clipped_or_hidden_on_paper(site, open_page):
    page = open_page(site.url + ADDRESS, width=710, scheme="dark")  # A4 within its margins, in CSS pixels
    page.emulate_media(media="print")
    faults = page.evaluate(
        """() => {
          const faults = []
          const light = color => color.match(/[\\d.]+/g).slice(0, 3).every(part => Number(part) < 90)
          for (const row of document.querySelectorAll(".sheet-side tbody tr")) {
            const label = row.querySelector("th"), value = row.querySelector(".value"), box = row.getBoundingClientRect()
            for (const cell of row.cells) {
              const inner = cell.getBoundingClientRect()
              if (cell.scrollWidth > cell.clientWidth + 1 || inner.right > box.right + 1) faults.push("clipped: " + cell.textContent)
              if (!light(getComputedStyle(cell).color)) faults.push("pale: " + cell.textContent)
            }
            const range = document.createRange()
            range.selectNodeContents(label)
            if (range.getBoundingClientRect().right > value.getBoundingClientRect().left) faults.push("overlap: " + label.textContent)
          }
          for (let element = document.querySelector(".sheet-side"); element; element = element.parentElement) {
            const paper = getComputedStyle(element).backgroundColor
            if (!["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(paper)) faults.push("background " + paper)
          }
          return faults
        }"""
    )
    assert not faults


@pytest.mark.parametrize("width, media", [(360, "screen"), (1280, "screen"), (725, "print")])
def test_no_word_or_number_of_a_figure_is_broken(width, media, site, open_page):
    page = open_page(site.url, width=width)
    page.emulate_media(media=media)
    for address in (ADDRESS, "fundamentals/estimation/", "technologies/elasticsearch/", "scenarios/uber/"):
        page.goto(site.url + address)
        broken = page.evaluate(
            """() => {
              const broken = [], range = document.createRange()
              for (const cell of document.querySelectorAll(":is(.numbers, .sheet-side) tbody :is(th, td:nth-of-type(1), .value)"))
                for (const word of cell.textContent.matchAll(/[^\\s-]+-*/g)) {
                  const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT).nextNode()
                  range.setStart(text, word.index)
                  range.setEnd(text, word.index + word[0].length)
                  if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1) broken.push(cell.textContent)
                }
              return broken
            }"""
        )
        assert not broken, address


def test_sheet_shows_each_of_its_figures_once_with_topic_and_source(site):
    html = site.read(ADDRESS)
    rows = re.findall(r'<tr id="n-([\w-]+)"><th scope=row><a href="([^"]+)">.*?data-kind="([^"]+)"', html)
    assert sorted(name for name, _, _ in rows) == sorted(quantity.id for quantity in SHEET)
    assert all(page.startswith("../../") for _, page, _ in rows)
    listed = re.findall(r'<li id="(n\d+)"><b>\1</b> <a href="https?://', html)
    assert set(re.findall(r">(n\d+)</a></td>", html)) == set(listed)


def test_pdfs_are_linked_from_the_sheet_and_the_home_page(site):
    for page in (ADDRESS, ""):
        for paper in PAPERS:
            assert re.search(rf'href="[^"]*cheat-sheet-{paper}\.pdf"', site.read(page)), (page, paper)


def test_filter_leaves_the_rows_that_hold_every_word(site, open_page):
    page = open_page(site.url + ADDRESS)
    page.get_by_label("Filter the figures").fill("s3 requests")
    shown = page.locator(".sheet-side tbody tr:visible")
    assert shown.count() == 2
    assert page.locator(".sheet-side table:visible").count() == 1
    page.get_by_label("Filter the figures").fill("")
    assert shown.count() == len(SHEET)


def test_drill_works_from_the_keyboard(site, open_page):
    page = open_page(site.url + ADDRESS)
    page.get_by_role("button", name="Cover the values").focus()
    page.keyboard.press("Enter")
    lid = page.locator(".cover:focus")
    assert lid.evaluate("e => getComputedStyle(e).color") == "rgba(0, 0, 0, 0)"
    assert page.locator(".cover").count() == len(SHEET)
    page.keyboard.press("Enter")
    assert lid.get_attribute("aria-expanded") == "true"
    assert lid.evaluate("e => getComputedStyle(e).color") != "rgba(0, 0, 0, 0)"
    first = lid.inner_text()
    page.keyboard.press("Tab")  # past the row's link to its source
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('tr') !== null")
    page.get_by_role("button", name="Cover the values").click()
    assert page.locator(".cover").count() == 0
    assert page.locator(".sheet-side .value").first.inner_text() == first


@pytest.mark.parametrize("kind", ["Markdown", "CSV"])
def test_copy_holds_every_row(kind, site, open_page):
    page = open_page(site.url + ADDRESS, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=f"Copy as {kind}").click()
    page.get_by_text(f"Copied as {kind}.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    if kind == "CSV":
        rows = list(csv.DictReader(io.StringIO(text)))
    else:
        lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()]
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]
    assert len(rows) == len(SHEET)
    by_label = {row["figure"]: row for row in rows}
    for quantity in SHEET:
        row = by_label[quantity.label]
        assert (row["kind"], row["source"].rstrip("/")) == (quantity.kind, quantity.source_url.rstrip("/"))


def test_browser_without_a_clipboard_is_no_silent_failure(site, open_page):
    page = open_page(site.url + ADDRESS)
    page.evaluate("Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy as CSV").click()
    page.get_by_text("The browser did not allow copying.").wait_for()


def test_sheet_is_complete_without_javascript(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + ADDRESS)
    assert page.locator(".sheet-side tbody tr:visible").count() == len(SHEET)
    assert not page.locator(".sheet-tools").is_visible()


@pytest.mark.parametrize("setting, level", [("", logging.INFO), ("required", logging.WARNING)])
def test_machine_without_chromium_is_told_what_is_missing(setting, level, tmp_path, monkeypatch, caplog):
    (tmp_path / sheet_pdf.PAGE).mkdir(parents=True)
    (tmp_path / sheet_pdf.PAGE / "index.html").write_text("<html></html>")
    for paper in sheet_pdf.PAPERS:
        (tmp_path / sheet_pdf.pdf_address(paper)).touch()
    monkeypatch.setattr(sheet_pdf, "find_chromium", lambda: None)
    monkeypatch.setenv("SHEET_PDF", setting)
    with caplog.at_level(logging.INFO):
        sheet_pdf.on_post_build(config=SimpleNamespace(site_dir=tmp_path, use_directory_urls=True, extra={"building": True}))
    assert [record.levelno for record in caplog.records] == [level]
    assert "install one, or set CHROMIUM" in caplog.text
    assert not list(tmp_path.rglob("*.pdf"))  # rather none than an empty one


def test_long_row_is_reported_with_its_line(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    numbers = DOCS / "numbers.yml"
    longer = tmp_path / "docs" / "numbers.yml"
    longer.parent.mkdir()
    longer.write_text(numbers.read_text().replace("label: Hash slots of a cluster", f"label: {'Hash slots of a cluster ' * 3}"))
    monkeypatch.setattr("hooks.quantities.NUMBERS", longer)
    sheet = "{good}\n# Sheet\n\n```sheet\n- title: Cache\n  page: index.md\n  figures: [redis]\n```\n"
    got = warnings_of(tmp_path, {"docs": {"index.md": sheet}}, caplog)
    line = next(n for n, text in enumerate(longer.read_text().splitlines(), 1) if "id: redis-slots" in text)
    assert any(f"docs/numbers.yml:{line}: label and value of redis-slots take" in warning for warning in got), got


# Figures that follow from a definition: what each must be, to the digits it is printed with.
DAY, YEAR = 86_400, 365.25 * 86_400
COMPUTED = {
    "availability-99-year": 0.01 * YEAR / DAY,
    "availability-99-9-year": 0.001 * YEAR / 3600,
    "availability-99-95-year": 0.0005 * YEAR / 3600,
    "availability-99-99-year": 0.0001 * YEAR / 60,
    "availability-99-999-year": 0.00001 * YEAR / 60,
    "availability-series": 100 * 0.999**2,
    "availability-parallel": 100 * (1 - 0.01**2),
    "formulas-tail": 100 * (1 - 0.99**100),
    "formulas-tail-target": 100 * 0.99 ** (1 / 100),
    "formulas-utilization-50": 1 / (1 - 0.5),
    "formulas-utilization-80": 1 / (1 - 0.8),
    "formulas-utilization-90": 1 / (1 - 0.9),
    "formulas-utilization-95": 1 / (1 - 0.95),
    "formulas-little": 40_000 * 0.1,
    "formulas-majority": (5 - 1) // 2,
    "formulas-byzantine": 3 * 1 + 1,
    "formulas-bloom-1": 9.585,
    "formulas-bloom-01": 14.378,
}


@pytest.mark.parametrize("name, computed", COMPUTED.items())
def test_computed_figure_is_right_to_its_last_digit(name, computed):
    quantity = next(quantity for quantity in quantities() if quantity.id == name)
    digits = len(f"{quantity.low:.10g}".replace(".", "").strip("0"))
    assert f"{computed:.{max(digits, 2)}g}" == f"{quantity.low:.{max(digits, 2)}g}"


def test_rates_powers_and_downtimes_in_words_are_computed_right():
    """Labels and conditions such as "1 GiB = 2³⁰ B" or "43.8 min a month" follow from arithmetic too."""
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    powers = 0
    for quantity in quantities():
        if match := re.fullmatch(r"(?:1 [KMGTP]iB = )?(\d+)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?: B)?", quantity.label):
            assert quantity.low == int(match[1]) ** int(match[2].translate(digits)), quantity.id
            powers += 1
        if match := re.match(r"([\d.]+) % available", quantity.label):
            down = 1 - float(match[1]) / 100
            for text, unit, per in re.findall(r"([\d.]+) (h|min|s) a (month|day)", quantity.condition):
                seconds = down * {"month": YEAR / 12, "day": DAY}[per]
                assert float(text) == pytest.approx(seconds / {"h": 3600, "min": 60, "s": 1}[unit], rel=0.004), quantity.id
        if match := re.fullmatch(r"1 (million|billion) a day", quantity.label):
            assert quantity.low == pytest.approx({"million": 1e6, "billion": 1e9}[match[1]] / DAY, rel=0.005)
    assert powers >= 8


def test_scale_of_the_latency_ladder_only_goes_up():
    """The ladder is read from top to bottom: each of its steps on the sheet is no faster than the last."""
    steps = [q for q in SHEET if q.component == "latency"]
    in_seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}
    for upper, lower in pairwise(steps):
        assert upper.low * in_seconds[upper.unit] <= lower.high * in_seconds[lower.unit], (upper.id, lower.id)


def test_figure_of_the_file_is_not_typed_into_a_page_that_shows_it():
    """A second copy is the one nobody corrects; refer to it by id. Times are left out: stories are full of 30 s."""
    typed = []
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        shown = set(re.findall(r"`#!number ([^`]+)`", text))
        for block in re.findall(r"^ *```numbers[^\n]*\n(.*?)```", text, re.M | re.S):
            shown.update(block.split())
        prose = re.sub(r"^( *)```.*?^\1```", lambda match: "\n" * match[0].count("\n"), text, flags=re.M | re.S)
        prose = re.sub(r"`[^`\n]*`|\]\([^)\n]*\)|^\[\^.*$", "", prose, flags=re.M)
        for quantity in quantities():
            own = {quantity.id, quantity.component} & shown and quantity.low == quantity.high
            if not own or quantity.kind == "rule of thumb" or quantity.unit in ("s", "ms", "min", "h", "d", "%") or quantity.low < 13:
                continue
            value = re.sub(r"\\?[ \u00a0]", "[ \u00a0-]", re.escape(quantity.value))
            for match in re.finditer(rf"(?<![\d.,]){value}(?!\w)", prose):
                line = prose[: match.start()].count("\n") + 1
                typed.append(f"{path.relative_to(DOCS.parent)}:{line}: {match[0]} is {quantity.id}; write `#!number {quantity.id}`")
    assert not typed, "\n".join(typed)


def test_calculator_computes_and_compares(site, open_page):
    page = open_page(site.url + "fundamentals/estimation/")
    form = page.locator("form.calculator")

    def results() -> dict[str, str]:
        return {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in form.locator("tbody tr").all()}

    for name, value in dict(users=86_400, actions=10, bytes=1000, days=100, copies=2, factor=5, rate=10).items():
        form.locator(f"input[name={name}]").fill(str(value))
    assert results() == {
        "Average": "10 requests/s",
        "Peak": "50 requests/s",
        "Storage": "173 GB",
        "Bandwidth at peak": "400 kbit/s",
        "Servers": "8",
        "In three zones": "12",
    }
    assert form.locator("li[data-over=true]").count() == 0
    form.locator("input[name=users]").fill("86400000")
    assert results()["Servers"] == "7,143"  # 7,142.9 rounded up
    form.locator("input[name=users]").fill("86400000000")
    over = form.locator("li[data-over=true]").all_inner_texts()
    assert any("shard by the key" in text for text in over) and any("CDN" in text for text in over)
    # An instance holds one copy: the five-year rows of the worked example, three times 24 TB, fit.
    for name, value in dict(users=100_000_000, actions=0.1, bytes=1300, days=1825, copies=3).items():
        form.locator(f"input[name={name}]").fill(str(value))
    assert results()["Storage"] == "71.2 TB"
    assert "holds a copy" in form.locator("li", has_text="(storage)").inner_text()
    form.locator("input[name=rate]").fill("")
    assert results()["Servers"] == results()["In three zones"] == "name their rate"
    # The application servers of the worked example.
    for name, value in dict(users=86_400, actions=40_000, factor=1, rate=2000).items():
        form.locator(f"input[name={name}]").fill(str(value))
    assert (results()["Servers"], results()["In three zones"]) == ("29", "44")


@pytest.mark.parametrize("end", ["low", "high"])
def test_calculator_compares_with_a_figure_of_one_end(end, tmp_path, monkeypatch):
    path = tmp_path / "numbers.yml"
    path.write_text(
        f"- id: store-size\n  component: store\n  label: Size\n  {end}: 2\n  unit: TB\n  condition: any\n  kind: limit\n"
        '  source: { title: Manual, url: "https://example.com/" }\n  checked: 2026-11-01\n'
    )
    monkeypatch.setattr(hooks.quantities, "NUMBERS", path)
    source = "- {result: storage, figure: store-size, below: Fine., above: Shard., page: index.md}"
    data = re.search("data-comparisons='([^']*)'", calculator.fence(source, "calculator", "calculator", {}, Markdown()))[1]
    (comparison,) = json.loads(unescape(data))
    assert {name: comparison[name] for name in ("low", "high") if name in comparison} == {end: 2 * 10**12}


def test_calculator_is_not_shown_without_javascript(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url + "fundamentals/estimation/")
    assert not page.locator("form.calculator").is_visible()
    assert page.locator("#worked-example").is_visible()


@pytest.mark.parametrize("ending", ["exit 3", "exit 0"])
def test_chromium_that_makes_no_pdf_is_quoted(ending, tmp_path):
    """One that is confined to other folders ends as if it had written the file."""
    page, chromium = tmp_path / "index.html", tmp_path / "chromium"
    page.write_text("<html><head></head></html>")
    chromium.write_text(f"#!/bin/sh\necho 'no display' >&2\n{ending}\n")
    chromium.chmod(0o755)
    with pytest.raises(PluginError, match="no display"):
        sheet_pdf.print_page(str(chromium), page, "A4", tmp_path / "sheet.pdf")
    assert not list(tmp_path.glob("print-*"))


def test_pdf_is_the_same_bytes_each_time(site, tmp_path):
    """Otherwise two builds of one commit differ."""
    page = tmp_path / sheet_pdf.PAGE / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<html lang=en><head><title>Sheet</title></head><body><p>1 ms</p></body></html>")
    chromium = sheet_pdf.find_chromium()
    if not chromium:
        pytest.fail("no Chromium")
    printed = []
    for name in ("one.pdf", "two.pdf"):
        sheet_pdf.print_page(chromium, page, "A4", tmp_path / name)
        sheet_pdf.compact(tmp_path / name, tmp_path.as_uri() + "/", "https://example.com/")
        printed.append((tmp_path / name).read_bytes())
    assert printed[0] == printed[1]


def test_calculator_keeps_a_value_in_one_line_and_says_what_it_takes(site, open_page):
    page = open_page(site.url + "fundamentals/estimation/")
    lines = """all => all.map(cell => {
      const range = document.createRange()
      range.selectNodeContents(cell)
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
    })"""
    values = page.locator(".calculator td:nth-child(2)")
    assert values.count() == 6 and set(values.evaluate_all(lines)) == {1}
    assert "3e8" in page.locator(".calculator legend").inner_text()
    page.locator(".calculator input").first.fill("3e8")
    assert "300,000,000" in page.locator(".calculator tbody").inner_text()


def test_covered_values_are_on_paper(site, open_page):
    page = open_page(site.url + ADDRESS)
    page.get_by_role("button", name="Cover the values").click()
    page.emulate_media(media="print")
    looks = page.locator(".cover").evaluate_all("all => all.map(lid => [getComputedStyle(lid).color, getComputedStyle(lid).backgroundImage].join())")
    assert len(looks) == len(SHEET) and set(looks) == {"rgb(0, 0, 0),none"}


def test_copy_holds_what_the_filter_leaves(site, open_page):
    page = open_page(site.url + ADDRESS, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Filter the figures").fill("s3 requests")
    page.get_by_role("button", name="Copy as CSV").click()
    page.get_by_text("Copied as CSV.").wait_for()
    assert len(page.evaluate("navigator.clipboard.readText()").splitlines()) == 3  # with the head
