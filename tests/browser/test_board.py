"""A board in a real browser, served by the real product."""

from __future__ import annotations

import json
import os
import signal

import pytest
from playwright.sync_api import expect

from tests.browser.boards import live, note_moves, players, submit
from tests.support import wait_until

STRANGE = {
    "markup": "<img src=x onerror=alert(1)>",
    "arabic": "محمد علي",
    "emoji": "👩‍👩‍👧‍👦 & Söhne",
    "template": "{{ 7 * 7 }} ${7 * 7}",
}


@pytest.fixture(scope="module")
def stack(browser, own_stack):
    return own_stack


def test_an_empty_default_board_shows_the_command_that_fills_it(open_page, stack):
    page = live(open_page("/"))
    command = page.locator("pre code").inner_text()

    assert command.startswith(f"curl {stack.url}/v1/boards/main/scores")
    body = json.loads(command.partition("-d '")[2].removesuffix("'"))
    expect(page.locator("#rows")).to_be_hidden()

    assert stack.call("POST", "/v1/boards/main/scores", body).status == 200

    expect(players(page)).to_have_text(["Ada"])
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator(".facts")).to_contain_text("1 player ·")


def test_a_board_that_becomes_empty_says_so(open_page, stack, board):
    name = board()
    submit(stack, name, ada=5)
    page = live(open_page(f"/b/{name}"))
    expect(page.locator("#empty")).to_be_hidden()

    assert stack.call("PUT", f"/v1/admin/boards/{name}", {"period": "daily"}).status == 200

    expect(page.locator("#empty")).to_have_text("Nobody has scored yet")
    expect(page.locator("#empty")).to_be_visible()
    submit(stack, name, bob=6)
    expect(page.locator("#empty")).to_be_hidden()


def test_rows_are_in_the_first_html_without_javascript(open_page, stack, board):
    name = board(title="No script")
    submit(stack, name, cleo=5, bob=7)

    page = open_page(f"/b/{name}", java_script_enabled=False)

    expect(players(page)).to_have_text(["bob", "cleo"])
    expect(page.locator("#badge")).to_have_text("Every 15 s")


def test_a_score_appears_on_the_open_page_and_rows_change_places(open_page, stack, board):
    name = board(columns=[{"name": "wins"}], ties="competition")
    submit(stack, name, cleo=5, bob=7)
    page = live(open_page(f"/b/{name}"))
    page.evaluate("window.neverReloaded = true")
    cleo = page.locator("[data-player=cleo]").element_handle()

    submit(stack, name, cleo=4, eve=7)

    expect(players(page)).to_have_text(["cleo", "bob", "eve"])
    expect(page.locator("#rows tbody .rank")).to_have_text(["1", "=2", "=2"])
    expect(page.locator("#rows tbody .score")).to_have_text(["9", "7", "7"])
    expect(page.locator("#rows tbody .column")).to_have_text(["0", "0", "0"])
    assert cleo.evaluate("row => row.isConnected && row.rowIndex === 1"), "a row keeps its element"
    assert page.evaluate("window.neverReloaded")


def test_a_script_writes_the_same_rows_as_the_server(open_page, stack, board):
    name = board(columns=[{"name": "goalDifference"}], decimals=2, operator="set", title="Same")
    page = live(open_page(f"/b/{name}"))
    submit(stack, name, cleo=1234567, bob=-5)
    expect(players(page)).to_have_text(["cleo", "bob"])

    rows = """body => {
      const copy = body.cloneNode(true)
      // Only scripts know new rows, favourites and the leader of a page further down.
      for (const cell of copy.querySelectorAll(".move, .star")) cell.remove()
      for (const cell of copy.querySelectorAll(".gap")) cell.removeAttribute("title")
      return copy.innerHTML.replace(/>\\s+</g, "><").trim()
    }"""
    written = page.locator("#rows tbody").evaluate(rows)
    page.reload()

    assert sorted_attributes(page, page.locator("#rows tbody").evaluate(rows)) == sorted_attributes(
        page, written
    )


def sorted_attributes(page, markup):
    """Markup as a tree of names, sorted attributes and texts."""
    return page.evaluate(
        """markup => {
          const tree = (node) => node.nodeType === 3 ? node.data : [
            node.nodeName,
            [...node.attributes].map((one) => `${one.name}=${one.value}`).sort(),
            [...node.childNodes].map(tree),
          ]
          const template = document.createElement("template")
          template.innerHTML = `<table><tbody>${markup}</tbody></table>`
          return JSON.stringify(tree(template.content.firstChild))
        }""",
        markup,
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_strange_names_are_only_text(open_page, stack, board, when):
    name = board()
    entries = [{"player": id, "displayName": text, "score": 1} for id, text in STRANGE.items()]
    page = None if when == "before" else live(open_page(f"/b/{name}"))
    answer = stack.call("POST", f"/v1/boards/{name}/scores", {"entries": entries})
    assert answer.json["data"]["rejected"] == []
    page = page or open_page(f"/b/{name}")

    expect(players(page)).to_have_text(list(STRANGE.values()))
    assert page.locator("#rows img").count() == 0


def test_a_page_survives_a_restart_and_shows_that_it_reconnects(open_page, stack, board):
    name = board()
    submit(stack, name, cleo=1)
    page = live(open_page(f"/b/{name}"))

    for process in stack.processes("gunicorn"):
        os.kill(process, signal.SIGKILL)
    expect(page.locator("#badge")).to_have_attribute("data-state", "reconnecting")
    expect(page.locator("#badge")).to_have_text("Reconnecting…")
    stack.process.wait(30)
    stack.start()
    submit(stack, name, bob=2)

    expect(page.locator("#badge")).to_have_text("Live", timeout=60_000)
    # The lease of the killed process must expire first.
    expect(players(page)).to_have_text(["bob", "cleo"], timeout=20_000)


def test_a_page_is_live_again_soon_after_a_worker_died(open_page, stack, board):
    name = board()
    submit(stack, name, cleo=1)
    page = live(open_page(f"/b/{name}"))

    for process in stack.workers:
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: stack.ready, seconds=30, why=stack.log)
    submit(stack, name, bob=2)

    expect(players(page)).to_have_text(["bob", "cleo"], timeout=30_000)
    expect(page.locator("#badge")).to_have_text("Live")


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_wider_than_the_screen(open_page, stack, board, width):
    name = board(
        title="Averylongtitlewithoutanyspaceinitthatgoesonandon" * 2,
        columns=[{"name": "goalDifference"}, {"name": "goalsFor"}],
        regions=["europe-and-middle-east", "asia-pacific"],
        period="weekly",
        unit="points",
    )
    long = {"player": "a" * 64, "displayName": "W" * 30, "score": 2**53 - 1, "columns": {"goalsFor": 2**52}}
    answer = stack.call("POST", f"/v1/boards/{name}/scores", {"entries": [long]})
    assert answer.json["data"]["rejected"] == []

    for path in (f"/b/{name}", f"/b/{name}?period=previous", "/"):
        page = open_page(path, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_rows_do_not_slide_with_reduced_motion(open_page, stack, board):
    name = board()
    submit(stack, name, cleo=5, bob=7)
    page = live(open_page(f"/b/{name}", reduced_motion="reduce"))
    note_moves(page)

    submit(stack, name, cleo=4)

    expect(players(page)).to_have_text(["cleo", "bob"])
    assert page.evaluate("window.moves") == []
