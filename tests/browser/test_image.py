"""A board as a picture: it can be read in light and dark."""

from __future__ import annotations

import base64

import pytest

from tests.browser.boards import board_name, define, submit

PAPER = {"light": "#fff", "dark": "#16191f"}
# How many pixels in this part of a picture have a strong contrast to its background.
INK = """async ([picture, [x, y, width, height], paper]) => {
  const image = new Image()
  image.src = `data:image/png;base64,${picture}`
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true })
  canvas.fillStyle = paper
  canvas.fillRect(0, 0, 1, 1)
  const light = (data) => 0.2126 * data[0] + 0.7152 * data[1] + 0.0722 * data[2]
  const ground = light(canvas.getImageData(0, 0, 1, 1).data)
  canvas.drawImage(image, 0, 0)
  const { data } = canvas.getImageData(x, y, width, height)
  let count = 0
  for (let at = 0; at < data.length; at += 4) count += Math.abs(light(data.subarray(at)) - ground) > 120
  return count
}"""
PARTS = {"title": (24, 15, 300, 28), "name": (68, 80, 200, 32), "score": (340, 80, 116, 32)}


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_title_names_and_scores_stand_out(open_page, stack, request, theme, system):
    board = define(stack, board_name(request), title="Hackathon")
    submit(stack, board, cleopatra=12345)

    page = open_page(f"/b/{board}.svg?theme={theme}", color_scheme=system)
    picture = base64.b64encode(page.screenshot()).decode()
    page.goto("/problems")  # the picture itself may load nothing

    paper = PAPER[system if theme == "auto" else theme]
    ink = {name: page.evaluate(INK, [picture, part, paper]) for name, part in PARTS.items()}
    assert min(ink.values()) > 100, ink
