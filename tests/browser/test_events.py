"""The stream inspector shows the frames of a stream as they arrive."""

from __future__ import annotations

import json
import os
import signal

import pytest
from playwright.sync_api import expect

from tests.support import wait_until


@pytest.fixture(scope="module")
def stack(browser, own_stack):
    return own_stack


@pytest.fixture
def page(open_page):
    page = open_page("/docs/events")
    expect(page.locator(".badge")).to_have_text("Connected")
    expect(frames(page, "snapshot")).to_have_count(1)
    return page


def frames(page, type):
    return page.locator(f".frames li[data-type={type}]:visible")


def score(stack, player="ada", **entry):
    body = {"entries": [{"player": player, "score": 1, **entry}]}
    assert stack.call("POST", "/v1/boards/main/scores", body).json["data"]["rejected"] == []


def test_a_stream_is_shown_from_its_first_bytes_on(page):
    types = page.locator(".frames li:visible").evaluate_all("items => items.map(item => item.dataset.type)")

    assert types[::-1][:2] == ["hello", "snapshot"]
    expect(frames(page, "hello")).to_contain_text("retry")


def test_a_score_comes_as_a_frame_that_can_be_read(page, stack):
    score(stack, displayName="<img src=x onerror=alert(1)>")
    frame = frames(page, "delta").first
    frame.locator("summary").click()

    shown = json.loads(frame.locator("pre").inner_text())
    assert shown["b"] == "main"
    assert shown["up"][0][1]["n"] == "<img src=x onerror=alert(1)>"
    assert page.locator(".frames img").count() == 0
    expect(frame.locator(".id")).to_have_text(shown["id"])


def test_a_paused_list_stands_still_and_loses_nothing(page, stack):
    page.get_by_role("button", name="Pause").click()
    before = page.locator(".frames li").count()

    score(stack)

    expect(page.locator(".held")).to_contain_text("waiting")
    assert page.locator(".frames li").count() == before
    page.get_by_role("button", name="Resume").click()
    expect(frames(page, "delta")).not_to_have_count(0)


def test_types_can_be_hidden(page, stack):
    page.get_by_role("checkbox", name="delta").uncheck()

    score(stack)

    expect(
        page.locator("label", has=page.get_by_role("checkbox", name="delta")).locator(".count")
    ).not_to_have_text("0")
    expect(frames(page, "delta")).to_have_count(0)
    page.get_by_role("checkbox", name="delta").check()
    expect(frames(page, "delta")).not_to_have_count(0)


def test_a_cleared_list_begins_again(page, stack):
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("No frames to show.")).to_be_visible()

    score(stack)

    expect(frames(page, "delta").first).to_be_visible()
    expect(frames(page, "snapshot")).to_have_count(0)


def test_from_a_cursor_only_later_frames_are_sent(page, stack):
    score(stack)
    cursor = frames(page, "delta").first.locator(".id").inner_text()
    page.get_by_role("button", name="Clear").click()

    page.get_by_label("From cursor").fill(cursor)
    page.get_by_role("button", name="Reconnect").click()

    expect(frames(page, "hello")).to_contain_text("resume ok")
    expect(frames(page, "snapshot")).to_have_count(0)
    expect(page.locator("code.address")).to_contain_text(f"since={cursor}")


def test_a_stream_that_broke_continues_from_its_cursor(page, stack):
    score(stack)
    expect(frames(page, "delta")).not_to_have_count(0)

    for process in stack.workers:
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: stack.ready, seconds=30, why=stack.log)

    expect(frames(page, "hello")).to_have_count(2, timeout=30_000)
    expect(page.locator(".badge")).to_have_text("Connected")


def test_another_board_has_frames_of_its_own(open_page, stack):
    assert stack.call("PUT", "/v1/admin/boards/other", {"title": "Other"}).status in (200, 201)
    wait_until(lambda: b'value="other"' in stack.call("GET", "/docs/events").body, why=stack.log)
    page = open_page("/docs/events")

    page.get_by_label("Board").select_option("other")

    # A new board may be published during the test, which is one more snapshot.
    expect(frames(page, "snapshot").first).to_contain_text("other")
    expect(page.locator("code.address")).to_contain_text("boards=other")
