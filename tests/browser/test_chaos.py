"""The play page under fault injection: points are counted once, and in the end it is live again."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import expect

from tests.browser.test_playing import play
from tests.support import running, wait_until

CHAOS = "seed=3,kill=0.2,latency=0.2:0-500,database=0.1:0-500"


@pytest.fixture(scope="module")
def stack(browser, tmp_path_factory):
    with running(tmp_path_factory.mktemp("chaos"), {"SCOREBOARD_CHAOS": CHAOS}) as stack:
        yield stack


def test_rounds_are_counted_once_whatever_happens_to_the_calls(open_page, stack):
    page = open_page("/play", expected=("status of 503",))
    wait_until(lambda: is_loaded(page), seconds=30, why=stack.log)

    for _ in range(2):
        play(page, 10)

    expect(page.locator("#rounds li[data-state=confirmed]")).to_have_count(2, timeout=40_000)
    expect(page.locator(".standing .value")).to_have_text("20", timeout=20_000)
    expect(page.locator("#top li.own .score")).to_have_text("20", timeout=20_000)
    assert "chaos killed a request" in stack.log()
    wait_until(lambda: scores(stack) == [20], seconds=20, why=stack.log)


def is_loaded(page):
    """True if the page is loaded. Without a database it is an error page, which people reload."""
    return page.locator(".play").count() or (page.reload() and page.locator(".play").count())


def scores(stack):
    with contextlib.suppress(OSError):
        answer = stack.call("GET", "/v1/boards/main/entries")
        return answer.status == 200 and [row["score"] for row in answer.json["data"]["entries"]]
    return None
