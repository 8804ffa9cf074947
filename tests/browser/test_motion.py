"""How a busy board moves: nothing on the screen contradicts the order of the rows."""

from __future__ import annotations

import random
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.boards import SETTLED, board_name, define, enter, live, players, submit
from tests.browser.test_limits import SHIFTS

SECONDS = 5
MOST_JUMPS = 0.05
# In each frame of the screen: pairs of rows of which the upper one shows the lower score, and the order.
SAMPLES = """
window.wrong = []
window.samples = 0
window.orders = [] // [time, ids]
const score = (row) => Number(row.querySelector(".score").textContent)
const sample = (time) => {
  const rows = [...document.querySelectorAll("#rows tbody tr")]
  const seen = rows.map((row) => [row.dataset.player, row.getBoundingClientRect().top, score(row)])
  for (const [upper, top, low] of seen) {
    for (const [lower, below, high] of seen) {
      if (top + 1 < below && low < high) window.wrong.push([upper, low, lower, high])
    }
  }
  const order = rows.map((row) => row.dataset.player).join(" ")
  if (window.orders.at(-1)?.[1] !== order) window.orders.push([time, order])
  window.samples += 1
  requestAnimationFrame(sample)
}
requestAnimationFrame(sample)
"""


@pytest.fixture
def board(stack, request):
    name = define(stack, board_name(request))
    enter(stack, name, *({"player": f"p{number}", "score": 5000 - 40 * number} for number in range(40)))
    return name


def play(stack, board, per_second):
    """Send random scores at this rate."""
    chance = random.Random(per_second)
    each = max(1, per_second // 10)
    over = threading.Event()
    for _ in range(SECONDS * per_second // each):
        names = {f"p{chance.randrange(40)}": chance.randrange(1, 300) for _ in range(each)}
        submit(stack, board, **names)
        over.wait(each / per_second)


@pytest.mark.parametrize("per_second", [5, 50])
def test_no_row_ever_shows_a_lower_score_above_a_higher_one(open_page, stack, board, per_second):
    page = live(open_page(f"/b/{board}", viewport={"width": 1280, "height": 1000}))
    page.evaluate(SAMPLES)
    sender = threading.Thread(target=play, args=(stack, board, per_second))
    sender.start()
    while sender.is_alive():
        page.wait_for_timeout(200)  # the sender does not use this page
    submit(stack, board, p39=100_000)
    expect(players(page).first).to_have_text("p39")

    assert page.evaluate("window.samples") > 30
    assert page.evaluate("window.wrong.slice(0, 5)") == []
    times = [time for time, _ in page.evaluate("window.orders")][1:]
    assert len(times) > 2, "the rows moved"
    assert len(times) <= (times[-1] - times[0]) / 1000 + 2, "once a second"


def test_a_row_that_takes_the_lead_makes_nothing_jump(open_page, stack, board):
    page = live(open_page(f"/b/{board}", viewport={"width": 1280, "height": 800}))
    submit(stack, board, p0=1)
    expect(page.locator("[data-player=p0] .score")).to_have_text("5001")  # all that draws is loaded
    page.evaluate(SHIFTS.replace("buffered: true", "buffered: false"))

    submit(stack, board, p5=1000)

    expect(players(page).first).to_have_text("p5")
    page.evaluate(SETTLED)
    assert page.evaluate("window.shift") <= MOST_JUMPS
