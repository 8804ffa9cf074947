"""A board of a thousand rows answers clicks and keys at once, also while scores arrive."""

from __future__ import annotations

import random
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.boards import board_name, define, enter, live, submit

ROWS = 1000
MOST_MS = 50  # from an input to the next frame on the screen
ROUNDS = 3  # the best one counts: other processes want the processors too
# The browser's own measurement of each input, and the time that the main thread was busy without a frame.
OBSERVE = """() => {
  window.inputs = []
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration, interactionId } of list.getEntries()) {
      if (interactionId) window.inputs.push([startTime, duration, name])
    }
  }).observe({ type: "event", durationThreshold: 16 })
}"""
# Resolves once the next two frames are on the screen, and the browser has reported on the inputs before them.
PAINTED = """() => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 50)))
})"""


def click(selector):
    return lambda page: page.locator(selector).click()


def type_into_search(page):
    page.locator(".search input").press_sequentially("p99", delay=60)


def clear_search(page):
    page.locator(".search input").press("Control+a")
    page.locator(".search input").press("Delete")


STEPS = {
    "search": type_into_search,
    "end of the search": clear_search,
    "next page": click("[data-turn=next]"),
    "last page": click("[data-turn=last]"),
    "first page": click("[data-turn=first]"),
    "rows around the player": click("[data-view=around]"),
    "favourites": click("[data-view=favourites]"),
    "first rows": click("[data-view=top]"),
    "compact rows": click(".dense"),
    "ordinary rows": click(".dense"),
    "pause": click(".pause"),
    "go on": click(".pause"),
    "star": lambda page: page.locator("#rows .star button").nth(5).click(),
}


@pytest.fixture
def crowded(stack, request):
    board = define(stack, board_name(request), size=ROWS, columns=[{"name": "wins"}])
    enter(stack, board, *({"player": f"p{number}", "score": 2000 - number} for number in range(ROWS)))
    return board


@contextmanager
def scores(stack, board, per_second=10):
    """Scores for players at random, in the meantime."""
    chance = random.Random(1)
    over = threading.Event()

    def send():
        while not over.wait(1 / per_second):
            submit(stack, board, **{f"p{chance.randrange(ROWS)}": chance.randrange(1, 50) for _ in range(3)})

    sender = threading.Thread(target=send)
    sender.start()
    yield
    over.set()
    sender.join()


def longest_inputs(page):
    """The longest time from an input to the next frame in each step."""
    spans = {}
    for name, step in STEPS.items():
        began = page.evaluate("performance.now()")
        step(page)
        spans[name] = (began, page.evaluate(PAINTED))
    inputs = page.evaluate("window.inputs")
    return {
        name: max((duration for at, duration, _ in inputs if began <= at <= ended), default=0)
        for name, (began, ended) in spans.items()
    }


@pytest.mark.alone
def test_every_control_answers_within_fifty_milliseconds(open_page, stack, crowded):
    page = live(open_page(f"/b/{crowded}?me=p500", viewport={"width": 1280, "height": 800}))
    page.locator(".search input").focus()  # loads the controls
    expect(page.locator("#rows .star button[tabindex='0']")).to_have_count(1)
    page.evaluate(OBSERVE)

    with scores(stack, crowded):
        rounds = [longest_inputs(page) for _ in range(ROUNDS)]

    best = {name: min(one[name] for one in rounds) for name in STEPS}
    assert max(max(one.values()) for one in rounds) > 0, "the browser measures inputs"
    assert {name: time for name, time in best.items() if time > MOST_MS} == {}
