"""Steps of tests on boards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import Stack

# Resolves once nothing moves any more.
SETTLED = """() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))
  .then(() => null)"""


def define(stack: Stack, name: str, **rules: object) -> str:
    """Create a board, or change it."""
    assert stack.call("PUT", f"/v1/admin/boards/{name}", rules).status in (200, 201)
    return name


def submit(stack: Stack, board: str, **scores: int) -> None:
    """Send a score for each player."""
    enter(stack, board, *({"player": player, "score": score} for player, score in scores.items()))


def enter(stack: Stack, board: str, *entries: dict) -> None:
    """Send entries, none of which may be rejected."""
    answer = stack.call("POST", f"/v1/boards/{board}/scores", {"entries": list(entries)})
    assert answer.json["data"]["rejected"] == []


def board_name(request: pytest.FixtureRequest) -> str:
    """An id for a board that only this test uses."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")


def live(page: Page) -> Page:
    """Wait until the badge of a page says that it is live. Returns the page."""
    expect(page.locator(".badge")).to_have_text("Live")
    return page


def players(page: Page) -> Locator:
    """The players of the rows that a page shows."""
    return page.locator("#rows tbody .player")


def note_moves(page: Page) -> None:
    """Record all moving animations from now on, in window.moves."""
    page.evaluate(
        """() => {
          window.moves = []
          const animate = Element.prototype.animate
          Element.prototype.animate = function (frames, ...rest) {
            window.moves.push(...frames.filter((frame) => "transform" in frame))
            return animate.call(this, frames, ...rest)
          }
        }"""
    )
