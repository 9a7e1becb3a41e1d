"""The pictures that others show beside a link to a page."""

import hashlib
import re
from html import unescape

import pytest
from PIL import Image, ImageChops

from hooks.social_cards import COLUMN, SIZE, TEXT, Card, address_of, cut, draw, drawable, fitted, font
from tests.conftest import DOCS
from tests.test_site import PAGES, address

CARD = Card("Patterns", "Contention", "How to stop two buyers from getting one seat, with the price of each way.")


def meta(html: str, name: str) -> str:
    return unescape(re.search(f'<meta (?:property|name)="{name}" content="([^"]*)"', html)[1])


@pytest.mark.parametrize("source", PAGES)
def test_page_names_a_card_of_its_own_with_size_and_words(source, site):
    html = site.read(address(source))
    url = meta(html, "og:image")
    assert url == site.url + address_of(address(source))
    with Image.open(site.folder / url.removeprefix(site.url)) as picture:
        assert picture.format == "PNG" and picture.size == SIZE
    assert (meta(html, "og:image:width"), meta(html, "og:image:height")) == ("1200", "630")
    title = re.search("(?m)^title: (.*)$", (DOCS / source).read_text())[1]
    assert title in meta(html, "og:image:alt") and meta(html, "og:description") in meta(html, "og:image:alt")
    assert title == (meta(html, "og:title") if source != "index.md" else "System Design Notes")


def test_cards_are_all_different_and_small(site):
    files = list((site.folder / "assets" / "social").iterdir())
    assert len(files) == len(PAGES)
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in files}) == len(files)
    assert max(path.stat().st_size for path in files) < 40_000


def test_same_card_gives_the_same_picture():
    assert draw(CARD).tobytes() == draw(CARD).tobytes()


def test_each_word_of_a_card_shows():
    plain = draw(Card("", "", ""))
    for card in (Card("Patterns", "", ""), Card("", "Contention", ""), Card("", "", "How to stop")):
        assert ImageChops.difference(draw(card), plain).getbbox()


@pytest.mark.parametrize(
    "card",
    [
        Card("Fundamentals", "x" * 200, "w" * 500),
        Card("Fundamentals", "A long title of many words " * 10, "A long description of many words " * 20),
        Card("", "", ""),
    ],
)
def test_nothing_leaves_the_column_or_touches_the_bar(card):
    paper, picture = draw(Card("", "", "")), draw(card)
    box = ImageChops.difference(picture, paper).getbbox()
    assert not box or (box[0] > TEXT - 12 and box[2] <= TEXT + COLUMN + 12 and box[1] > 20 and box[3] < SIZE[1] - 30), box


def test_text_that_fits_is_whole_and_other_text_ends_in_an_ellipsis():
    assert fitted("One two", (84, 62), 2)[0] == ["One two"]
    lines, used = fitted("word " * 100, (84, 62), 2)
    assert used.size == 62 and len(lines) == 2 and lines[-1].endswith("...")
    assert cut("x" * 300, font(30)).endswith("...")


def test_letters_the_font_lacks_are_replaced():
    assert drawable("Café → 5 × 10 µs, “a” – b") == 'Cafe -> 5 x 10 us, "a" - b'
    assert drawable("漢字") == "??"


def test_error_page_names_no_card(site):
    assert "og:image" not in site.read("404.html")


def test_signs_of_numbers_keep_their_meaning():
    assert drawable("a ≠ b, 10⁶, 10⁻³, ≥ 5") == "a != b, 10^6, 10^-3, >= 5"


def test_ellipsis_stands_only_where_something_is_missing():
    assert fitted("w" * 30, (84, 62), 3)[0][-1].count(".") == 3
    assert fitted("x" * 80 + " end", (62,), 3)[0][-1] == "end"
