"""Screenshots that stay the same from run to run, and their comparison."""

from __future__ import annotations

import io
from functools import reduce
from itertools import product
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.browser.matrix.pages import HOST, Case

MOST_HEIGHT = 1400  # of a picture; pages may be longer
COLOURS = 96  # of a stored picture
DISTANCE = 16  # between them, as the sum of red, green and blue
CELL = 6  # pixels
TOLERANCE = 20  # of 255: how far the mean colours of a cell may be apart
MOST_CELLS = 4  # that may be further apart
# A week, a countdown, a time, and the mark of a board on which somebody scored in the last minutes.
DATED = {
    "en": ("24 Nov \N{EN DASH} 30 Nov", "in 3 days", "1 Nov 2026, 12:34", "Live"),
    "ar": ("24 نوفمبر \N{EN DASH} 30 نوفمبر", "خلال 3 أيام", "1 نوفمبر 2026، 12:34", "مباشر"),
    "de": ("24. Nov. \N{EN DASH} 30. Nov.", "in 3 Tagen", "01.11.2026, 12:34", "Live"),
}
FREEZE = """([host, texts]) => {
  for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearInterval(timer)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { data } = walker.currentNode
    if (data.includes(location.host)) walker.currentNode.data = data.replaceAll(location.host, host)
  }
  for (const input of document.querySelectorAll("input")) {
    input.placeholder = input.placeholder.replace(/^\\d{13}-\\d+$/, "1790000000000-1")
    if (input.value.includes(location.host)) input.value = input.value.replaceAll(location.host, host)
  }
  for (const [selector, text] of Object.entries(texts)) {
    for (const node of document.querySelectorAll(selector)) {
      node.hidden = false
      node.textContent = text
    }
  }
}"""


def take(page: Page, case: Case) -> Image.Image:
    """A picture of the page, without what changes from run to run."""
    page.evaluate(FREEZE, [HOST, _texts(case)])
    height = page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)")
    size = page.viewport_size
    png = page.screenshot(
        full_page=True,
        animations="disabled",
        caret="hide",
        clip={
            "x": 0,
            "y": 0,
            "width": size["width"],
            "height": min(height, max(size["height"], MOST_HEIGHT)),
        },
    )
    return Image.open(io.BytesIO(png)).convert("RGB")


def store(picture: Image.Image, path: Path) -> None:
    """Write a small file: the most frequent colours, which are close enough for the comparison."""
    picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE).save(path, optimize=True)


def load(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def difference(stored: Image.Image, seen: Image.Image) -> str:
    """What is different between two pictures, as a sentence; "" if they look the same."""
    if stored.size != seen.size:
        return f"{seen.size} pixels instead of {stored.size}"
    cells = differing_cells(stored, seen)
    return f"{len(cells)} cells of {CELL} pixels differ" if len(cells) > MOST_CELLS else ""


def differing_cells(stored: Image.Image, seen: Image.Image) -> list[tuple[int, int]]:
    """The cells whose mean colours differ clearly, also if the picture is moved by a pixel.

    So edges of letters make no difference, which another version of the browser may draw otherwise.
    """
    means = seen.reduce(CELL)
    moved = (ImageChops.offset(stored, x, y).reduce(CELL) for x, y in product((0, -1, 1), repeat=2))
    values = reduce(
        ImageChops.darker, (_largest(ImageChops.difference(one, means)) for one in moved)
    ).tobytes()
    return [(at % means.width, at // means.width) for at, value in enumerate(values) if value > TOLERANCE]


def marked(picture: Image.Image, cells: list[tuple[int, int]]) -> Image.Image:
    """A picture with these cells in red."""
    red = picture.copy()
    for column, row in cells:
        red.paste((255, 0, 0), (column * CELL, row * CELL, (column + 1) * CELL, (row + 1) * CELL))
    return Image.blend(picture, red, 0.5)


def _palette(picture: Image.Image) -> Image.Image:
    """The most frequent colours, each clearly different from the others, as Pillow takes them."""
    colours: list[tuple[int, int, int]] = []
    for _, colour in sorted(picture.getcolors(picture.width * picture.height), reverse=True):
        if all(sum(abs(a - b) for a, b in zip(colour, other, strict=True)) >= DISTANCE for other in colours):
            colours.append(colour)
        if len(colours) == COLOURS:
            break
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [value for colour in colours for value in colour] + [*colours[0]] * (256 - len(colours))
    )
    return palette


def _largest(picture: Image.Image) -> Image.Image:
    """The largest of the three colours of each pixel."""
    return reduce(ImageChops.lighter, picture.split())


def _texts(case: Case) -> dict[str, str]:
    """Texts in place of those that depend on the time, by selector."""
    period, countdown, time, live = DATED[case.language]
    current = "#period:not([data-period=all]), .embedded p > bdi:first-child"
    return {
        **({} if case.state in ("past", "normal") else {current: period}),
        "time[data-ends]": countdown,
        ".sessions li > :first-child": time,
        ".clock": "12:34",
        ".board-list .live": live,
        ".inspector .count": "0",
        ".frames": "",
        ".held": "",
    }
