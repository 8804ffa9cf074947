"""A real browser on the pages of the real product."""

from __future__ import annotations

import os
import shutil
from functools import partial

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.boards import board_name, define

# Tests can't reach the shared worker. Without it a page has a stream of its own.
OWN_STREAM = "delete window.SharedWorker"
LAN = "board.lan"  # this machine under a name that browsers don't trust, as hosts of a local network
# Messages of the browser about cut connections, and of Playwright about blocked service workers.
EXPECTED = ("net::ERR_", "WebSocket is closed before", "Service Worker registration blocked by Playwright")
ARGUMENTS = [
    f"--host-resolver-rules=MAP {LAN} 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=10_000)  # other tests use the processors too


def browser_path():
    """The path of an installed Chromium; None if none is found. tests/setup says why the shell is first."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    for name in (os.environ.get("CHROMIUM_PATH"), *names):
        path = name and shutil.which(name)
        if path:
            return path
    return None


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Without a path Playwright takes its own browser, if it is installed.
        try:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        except Error as error:
            reason = f"no browser: install Chromium, or name it in CHROMIUM_PATH ({str(error)[:200]})"
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stack(browser, stack):
    """No product is started if there is no browser."""
    return stack


@pytest.fixture
def open_page(browser, stack):
    """Opens pages, and checks at the end that none logged an error or sent a request to another host."""
    contexts, complaints, refused = [], [], set()
    ignored = list(EXPECTED)
    ours = [stack.url, f"http://{LAN}:{stack.port}", "data:"]

    def on_request(request):
        if not request.url.startswith(tuple(ours)):
            complaints.append(("request to another host", request.url))

    def on_message(message):
        # Browsers also log that the page itself was refused; the tests of refusals expect that.
        if message.type in ("error", "warning") and not any(known in message.text for known in ignored):
            complaints.append((message.text, message.location["url"]))

    def open_page(path="/", base_url=stack.url, expected=(), **options):
        """`expected` has words of messages that the test causes."""
        # Tests can't see the requests of a service worker, so only its own tests allow one.
        context = browser.new_context(base_url=base_url, **{"service_workers": "block"} | options)
        contexts.append(context)
        ours.append(base_url)
        ignored.extend(expected)
        context.on("request", on_request)
        context.on("console", on_message)
        context.on("weberror", lambda error: complaints.append((str(error.error), "")))
        page = context.new_page()
        answer = page.goto(path)
        if answer and answer.status >= 400:
            refused.add(answer.url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [(text, url) for text, url in complaints if url not in refused] == []


@pytest.fixture
def board(stack, request):
    """A function that defines a board for this test only."""
    return partial(define, stack, board_name(request))
