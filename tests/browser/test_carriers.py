"""Pages stay live: over one connection for all tabs, by the carrier that gets through, after outages."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.browser.boards import live, players, submit
from tests.browser.conftest import LAN, OWN_STREAM
from tests.support import wait_until
from tests.tcpproxy import TcpProxy

TABS = 12
EVENTS, SWITCHING = b"Content-Type: text/event-stream", b"101 Switching Protocols"


@pytest.fixture(scope="module")
def stack(browser, own_stack):
    return own_stack


@pytest.fixture
def proxy(stack):
    with contextlib.closing(TcpProxy(stack.port)) as proxy:
        yield proxy


def viewers(stack, board):
    """The number of open streams of a board."""
    processes = stack.call("GET", "/v1/admin/rooms").json["data"]["processes"]
    rooms = [room for process in processes for room in process["rooms"] if room["room"] == board]
    return sum(room["viewers"] for room in rooms)


def entries(stack, board):
    answer = stack.call("GET", f"/v1/boards/{board}/entries?limit=100")
    return [(row["rank"], row["player"]["id"], row["score"]) for row in answer.json["data"]["entries"]]


def shown_rows(page):
    """The rows that a page shows."""
    return page.locator("#rows tbody tr").evaluate_all(
        "rows => rows.map((row) => [Number(row.dataset.rank), row.dataset.player,"
        " Number(row.querySelector('.score').dataset.value)])"
    )


def is_current(page, stack, board):
    """True if a page shows the rows that the API has."""
    return [tuple(row) for row in shown_rows(page)] == entries(stack, board)


@pytest.mark.parametrize("host", ["127.0.0.1", LAN])
def test_twelve_tabs_are_live_over_one_stream(open_page, stack, board, host):
    name = board()
    submit(stack, name, cleo=5)
    address = f"http://{host}:{stack.port}/b/{name}"
    tabs = [open_page(address)]
    for _ in range(TABS - 1):
        tabs.append(tabs[0].context.new_page())
        tabs[-1].goto(address)
    for tab in tabs:
        live(tab)

    submit(stack, name, bob=7)

    for tab in tabs:
        expect(players(tab)).to_have_text(["bob", "cleo"])
        expect(tab.locator("#badge")).to_have_attribute("data-shared", "true")
    wait_until(lambda: viewers(stack, name) == 1, why=stack.log)
    for tab in tabs[:-1]:
        tab.close()
    submit(stack, name, eve=9)
    expect(players(tabs[-1])).to_have_text(["eve", "bob", "cleo"])
    tabs[-1].goto("about:blank")
    wait_until(lambda: viewers(stack, name) == 0, seconds=20, why=stack.log)


def test_without_a_shared_worker_each_tab_has_its_own_stream(open_page, stack, board):
    name = board()
    page = open_page("about:blank")
    page.add_init_script(OWN_STREAM)
    page.goto(f"{stack.url}/b/{name}")
    live(page)
    expect(page.locator("#badge")).to_have_attribute("data-shared", "false")

    submit(stack, name, bob=7)

    expect(players(page)).to_have_text(["bob"])


@pytest.mark.parametrize(
    ("buffering", "carrier"),
    [((EVENTS,), "ws"), ((EVENTS, SWITCHING), "long-poll")],
)
@pytest.mark.parametrize("shared", [True, False])
def test_a_page_behind_a_proxy_that_buffers_streams_is_live_by_another_carrier(
    open_page, stack, board, proxy, buffering, carrier, shared
):
    name = board()
    proxy.buffered = buffering
    page = open_page("about:blank", base_url=f"http://127.0.0.1:{proxy.port}")
    if not shared:
        page.add_init_script(OWN_STREAM)
    page.goto(f"/b/{name}")
    started = time.monotonic()

    expect(page.locator("#badge")).to_have_text("Live", timeout=20_000)

    print(f"live by {carrier} after {time.monotonic() - started:.1f} s")
    expect(page.locator("#badge")).to_have_attribute("data-carrier", carrier)
    submit(stack, name, cleo=5)
    submit(stack, name, bob=7)
    expect(players(page)).to_have_text(["bob", "cleo"])

    # The next page of this tab begins with it.
    page.reload()
    live(page)
    expect(page.locator("#badge")).to_have_attribute("data-carrier", carrier)


def test_a_cut_connection_is_opened_again_automatically(open_page, stack, board, proxy):
    name = board()
    page = live(open_page(f"/b/{name}", base_url=f"http://127.0.0.1:{proxy.port}"))
    page.evaluate("window.neverReloaded = true")

    for score in range(3):
        proxy.cut()
        submit(stack, name, bob=1, **{f"p{score}": 2})
        wait_until(lambda: is_current(page, stack, name), why=lambda: shown_rows(page))

    live(page)
    assert page.evaluate("window.neverReloaded")


@pytest.mark.paired
def test_a_page_is_live_soon_after_its_process_was_killed(open_page, stack, board):
    name = board()
    submit(stack, name, cleo=1, bob=2)
    page = live(open_page(f"/b/{name}"))
    page.evaluate("window.neverReloaded = true")

    for process in stack.workers:
        os.kill(process, signal.SIGKILL)
    killed = time.monotonic()
    wait_until(lambda: stack.ready, seconds=30, why=stack.log)
    submit(stack, name, eve=3)
    wait_until(lambda: page.locator("html").get_attribute("data-connection") == "live", why=stack.log)
    wait_until(lambda: is_current(page, stack, name), seconds=10, why=lambda: shown_rows(page))

    print(f"live again {time.monotonic() - killed:.1f} s after the kill")
    assert time.monotonic() - killed < 10
    assert page.evaluate("window.neverReloaded")
    assert len(shown_rows(page)) == 3


def test_a_hidden_page_closes_its_stream_and_catches_up_when_it_is_visible(open_page, stack, board):
    name = board()
    submit(stack, name, cleo=1)
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"/b/{name}")
    live(page)
    wait_until(lambda: viewers(stack, name) == 1, why=stack.log)

    set_visibility(page, hidden=True)
    page.clock.fast_forward(61_000)
    wait_until(lambda: viewers(stack, name) == 0, seconds=20, why=stack.log)
    submit(stack, name, bob=2)
    set_visibility(page, hidden=False)

    expect(players(page)).to_have_text(["bob", "cleo"])
    wait_until(lambda: viewers(stack, name) == 1, why=stack.log)


def set_visibility(page, *, hidden):
    """Make a page believe that it is visible or hidden."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true })
          document.dispatchEvent(new Event("visibilitychange"))
        }""",
        hidden,
    )


def test_the_badge_names_the_carrier_to_those_who_have_no_mouse(open_page, stack, board):
    name = board()
    submit(stack, name, ada=1)
    page = live(open_page(f"/b/{name}", has_touch=True))
    named = "getComputedStyle(document.querySelector('#badge .text'), '::after').content"
    assert page.evaluate(named) == "none"

    page.locator("#badge").focus()
    assert page.evaluate(named) == '" · server-sent events"'
    page.locator("h1").tap()
    assert page.evaluate(named) == "none"
    page.locator("#badge").tap()
    assert page.evaluate(named) == '" · server-sent events"'


def test_rows_that_are_read_every_ten_seconds_are_not_called_live(open_page, stack, board):
    name = board(size=100)
    for first in (0, 100):
        submit(stack, name, **{f"p{number}": 500 - number for number in range(first, first + 100)})
    page = live(open_page(f"/b/{name}"))

    page.locator("[data-turn=next]").click()
    expect(page.locator("#badge")).to_have_text("Every 10 s")
    expect(page.locator("#badge")).to_have_attribute("data-state", "polling")
    page.locator("[data-turn=first]").click()
    expect(page.locator("#badge")).to_have_text("Live")


def test_after_an_outage_a_page_is_back_at_the_best_carrier_within_a_minute(open_page, stack, board):
    name = board()
    page = open_page("about:blank")
    page.add_init_script(OWN_STREAM)
    page.clock.install()
    page.route("**/v1/stream**", lambda route: route.abort())
    page.goto(f"/b/{name}")
    badge = page.locator("#badge")
    expect(badge).to_have_attribute("data-carrier", "ws")

    waited = [passes(page, stack, name, points) for points in range(1, 6)]  # the first trial fails
    expect(badge).to_have_attribute("data-carrier", "ws")
    page.unroute("**/v1/stream**")
    while badge.get_attribute("data-carrier") != "sse" and len(waited) < 15:
        waited.append(passes(page, stack, name, len(waited) + 1))

    expect(badge).to_have_attribute("data-carrier", "sse")
    assert len(waited) <= 15, "a minute after the outage"


def passes(page, stack, board, points):
    """Let six seconds pass for a page, in which it gets a score: a silent connection would be given up."""
    submit(stack, board, ada=1)
    expect(page.locator("[data-player=ada] .score")).to_have_attribute("data-value", f"{points}")
    page.clock.fast_forward(6000)
    return 6
