"""Checks of a page by its elements: nothing is cut or covered, and the rows are those of the API."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.matrix.pages import PAST, Case
from tests.support import Stack

# Parts that scroll, that end in an ellipsis, or that are for screen readers only.
EXEMPT = "pre, pre *, .unseen, .unseen *, .skip, .account, iframe, .scrolls, .scrolls *"
FAULTS = (Path(__file__).parent / "faults.js").read_text("utf-8")
ROWS = """() => [...document.querySelectorAll("#rows tbody tr")].map((row) => [
  row.dataset.player,
  row.querySelector(".rank").textContent.replace("=", ""),
  row.querySelector(".score").textContent,
])"""


def faults(page: Page, case: Case) -> list[str]:
    """All that is wrong with the layout of a page, as sentences."""
    root = page.locator("html")
    found = page.evaluate(FAULTS, EXEMPT)
    if root.get_attribute("lang") != case.language:
        found.append(f"the language is {root.get_attribute('lang')}")
    if root.get_attribute("dir") != ("rtl" if case.language == "ar" else "ltr"):
        found.append(f"the direction is {root.get_attribute('dir')}")
    return found


def rows_on(page: Page) -> list[tuple[str, int, int]]:
    """The rows of a page: player, rank and score."""
    return [(player, int(rank), _digits(score)) for player, rank, score in page.evaluate(ROWS)]


def rows_of(stack: Stack, state: str, count: int) -> list[tuple[str, int, int]]:
    """The first rows of a state's board, as the API tells them."""
    period = f"&period={PAST}" if state == "past" else ""
    answer = stack.call("GET", f"/v1/boards/{state}/entries?limit={max(1, count)}{period}")
    entries = answer.json["data"]["entries"][:count]
    return [(one["player"]["id"], one["rank"], one["score"]) for one in entries]


def _digits(text: str) -> int:
    """A number without the spaces and points between its groups of digits."""
    return int(re.sub(r"[^\d-]", "", text.replace("\N{MINUS SIGN}", "-")))
