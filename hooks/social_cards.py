"""Draws a picture for each page that social networks and chats show beside a link to it.

`on_page_context` tells overrides/main.html the address of a page's card; `on_post_page` draws it, in `mkdocs build`
only, since nobody shares a live preview, and only once while its words are the same (hooks/cache.py): the site's
mark, the part, the title and the description, in the site's colors and in the font that Pillow brings, so that every
machine draws the same picture.
"""

import io
import json
import re
import unicodedata
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import PIL
from PIL import Image, ImageDraw, ImageFont

from hooks.cache import kept

SIZE = (1200, 630)  # pixels, what the networks crop least
FOLDER = "assets/social/"
MARGIN, TEXT, COLUMN = 90, 470, 650  # left edges of mark and text, and the width of the text, in pixels
PAPER, INK, SOFT, TEAL, RUST = "#fdfcfa", "#1f2733", "#4f5a69", "#0b6270", "#c4532a"  # docs/assets/logo.svg, site.css
SMOOTH = 4  # the mark is drawn this much larger and shrunk, since Pillow draws circles with steps
COLORS = 64  # of the saved picture: a fifth of the bytes, and no visible difference
ELLIPSIS = "..."
ASCII = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "⁻": "-", "×": "x", "→": "->", "’": "'", "‘": "'", "“": '"', "”": '"', "µ": "u"}
    | {"≠": "!=", "≤": "<=", "≥": ">=", "½": " 1/2"}
)
RAISED = re.compile("[⁻⁰¹²³⁴-⁹]+")
CODE = Path(__file__).read_text(encoding="utf-8")  # a card is drawn again when this changes


@dataclass(frozen=True)
class Card:
    """What a card says."""

    part: str
    title: str
    description: str

    @property
    def alt(self) -> str:
        """The words on the card, for who cannot see it."""
        return f"{self.part}: {self.title}. {self.description}"


def on_page_context(context, *, page, config, **_):
    """Give the page's template `social_card`, with `address`, `alt`, `width` and `height`."""
    width, height = SIZE
    context["social_card"] = {
        "address": address_of(page.url), "alt": card_of(page, config.site_name).alt, "width": width, "height": height,
    }  # fmt: skip
    return context


def on_post_page(output: str, *, page, config, **_) -> str:
    """Draw the card of a page."""
    if config.extra["building"]:
        path = Path(config.site_dir, unquote(address_of(page.url)))
        path.parent.mkdir(parents=True, exist_ok=True)
        card = card_of(page, config.site_name)
        path.write_bytes(kept(json.dumps([CODE, PIL.__version__, astuple(card)]), lambda: png(card)))
    return output


def card_of(page, site_name: str) -> Card:
    """Return the card of a page; `site_name` takes the place of the part on a page that belongs to none."""
    part = page.ancestors[-1].title if page.ancestors else site_name
    return Card(part, str(page.meta.get("title") or page.title), str(page.meta.get("description", "")))


def address_of(url: str) -> str:
    """Return the address, within the site, of the card of the page at `url`: "assets/social/patterns-contention.png"."""
    return f"{FOLDER}{url.strip('/').replace('/', '-') or 'index'}.png"


def png(card: Card) -> bytes:
    """Return the file of a card."""
    file = io.BytesIO()
    draw(card).quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def draw(card: Card) -> Image.Image:
    """Return the picture of a card."""
    image = background().copy()
    pen = ImageDraw.Draw(image)
    title, title_font = fitted(drawable(card.title), sizes=(84, 72, 62), lines=3)
    description, small = fitted(drawable(card.description), sizes=(33, 30), lines=4)
    title_step, step = title_font.size * 1.12, small.size * 1.4
    height = 60 + title_step * len(title) + 26 + step * len(description)
    top = (SIZE[1] - 14 - height) / 2
    pen.text((TEXT, top), drawable(card.part), TEAL, font(30), stroke_width=0.5)
    top += 60
    for line in title:
        pen.text((TEXT - 4, top), line, INK, title_font, stroke_width=title_font.size / 40)  # the font has no bold
        top += title_step
    top += 26
    for line in description:
        pen.text((TEXT, top), line, SOFT, small)
        top += step
    return image


@cache
def background() -> Image.Image:
    """Return what all cards share: paper, the mark of docs/assets/logo.svg, and a bar below."""
    image = Image.new("RGB", SIZE, PAPER)
    side = 320
    image.paste(mark(side), (MARGIN - 15, (SIZE[1] - side) // 2 - 7))
    ImageDraw.Draw(image).rectangle((0, SIZE[1] - 14, *SIZE), TEAL)
    return image


def mark(side: int) -> Image.Image:
    """Return the mark of docs/assets/logo.svg, `side` pixels wide: three nodes on a ring, and a key."""
    image = Image.new("RGB", (side * SMOOTH,) * 2, PAPER)
    pen, scale = ImageDraw.Draw(image), side * SMOOTH / 32
    pen.circle((16 * scale, 16 * scale), (10.5 + 1.3) * scale, outline=TEAL, width=round(2.6 * scale))
    for x, y, radius, color in ((16, 5.5, 4, TEAL), (25.1, 21.2, 4, TEAL), (6.9, 21.2, 4, TEAL), (25.1, 10.8, 2.6, RUST)):
        pen.circle((x * scale, y * scale), radius * scale, fill=color)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def drawable(text: str) -> str:
    """Return `text` in the letters that Pillow's font has, ASCII: no accents, "10^6" for 10⁶, "?" for what has no such form."""
    plain = unicodedata.normalize("NFKD", RAISED.sub(r"^\g<0>", text).translate(ASCII))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).encode("ascii", "replace").decode()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow, `size` pixels high."""
    return ImageFont.load_default(size)


def fitted(text: str, sizes: tuple[int, ...], lines: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Return `text` in at most `lines` lines and the first of the `sizes` in which it fits, cut short if none does."""
    for size in sizes:
        found = wrapped(text, font(size))
        if len(found) <= lines and not any(too_wide(line, font(size)) for line in found):
            return found, font(size)
    shown = [cut(line, font(size)) for line in found[:lines]]
    if len(found) > lines:
        shown[-1] = cut(shown[-1].removesuffix(ELLIPSIS) + ELLIPSIS, font(size))
    return shown, font(size)


def cut(line: str, font: ImageFont.FreeTypeFont) -> str:
    """Return a line as wide as the column at most, with an ellipsis where something is missing."""
    while too_wide(line, font):
        line = line.removesuffix(ELLIPSIS)[:-1].rstrip() + ELLIPSIS
    return line


def too_wide(line: str, font: ImageFont.FreeTypeFont) -> bool:
    """Whether a line is wider than the column."""
    return font.getlength(line) > COLUMN


def wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Return `text` in lines no wider than the column, broken between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and too_wide(longer, font):
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
