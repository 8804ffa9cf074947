"""In Firefox boards are live, rounds are played, other sites embed boards, and boards are kept offline."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.boards import board_name, define, submit

NAMES = "[...document.querySelectorAll('#rows tbody .player bdi')].map((one) => one.textContent.trim())"
PLAY = "document.querySelector('.play')"
BUTTON = f"{PLAY}.querySelector('button')"
BADGE = "document.querySelector('.badge').textContent.trim()"
HIT = "document.querySelector('button.lit').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))"
CONTROLLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


@pytest.fixture(scope="module")
def stack(firefox, own_stack):
    return own_stack


@pytest.fixture
def board(stack, request):
    name = define(stack, board_name(request))
    submit(stack, name, ada=9, bob=8)
    return name


def test_a_board_moves_while_it_is_open(open_page, becomes, stack, board):
    page = open_page(f"{stack.url}/b/{board}")
    becomes(page, NAMES, ["ada", "bob"])
    becomes(page, BADGE, "Live")

    submit(stack, board, bob=5)

    becomes(page, NAMES, ["bob", "ada"])


def test_a_round_is_played(open_page, becomes, stack):
    page = open_page(f"{stack.url}/play")
    becomes(page, f"{BUTTON}.disabled", False)
    page.script(f"{BUTTON}.click()")
    becomes(page, f"{PLAY}.dataset.state", "tapping")

    for _ in range(3):
        page.script(HIT)

    becomes(page, f"{PLAY}.dataset.state", "again")
    assert re.search(r"[1-3]\b.*point", page.script(f"{PLAY}.querySelector('[role=status]').textContent"))


def test_a_page_of_another_site_embeds_a_board(open_page, becomes, stack, board):
    body = (
        f'<!doctype html><title>Elsewhere</title><script type="module" src="{stack.url}/embed.js"></script>'
        f'<live-leaderboard board="{board}"></live-leaderboard>'
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        page = open_page(f"http://127.0.0.1:{site.server_port}/")
        rows = "document.querySelector('live-leaderboard').shadowRoot?.querySelectorAll('tbody tr').length"
        becomes(page, rows, 2)
    finally:
        site.shutdown()
        site.server_close()


def test_a_board_can_be_read_while_the_server_is_away(open_page, becomes, stack, board):
    page = open_page(f"{stack.url}/b/{board}")
    becomes(page, CONTROLLED, True)
    page.reload()
    becomes(page, NAMES, ["ada", "bob"])

    stack.stop()
    try:
        page.reload()
        becomes(page, NAMES, ["ada", "bob"])
    finally:
        stack.start()

    becomes(page, BADGE, "Live")
