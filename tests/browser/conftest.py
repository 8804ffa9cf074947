"""A real browser before the real product."""

from __future__ import annotations

import os
import shutil
from functools import partial

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.boards import board_name, define

OWN_STREAM = "delete window.SharedWorker"  # which a test could not reach: a page then has a stream of its own
LAN = "board.lan"  # this machine under a name that browsers don't trust, as hosts of a local network
# What the browser says by itself of a line that is cut, and Playwright of workers that it keeps away.
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

expect.set_options(timeout=10_000)  # other tests want the processors too


def browser_path():
    """Where a Chromium is, None if there is none that we know of. The headless shell comes first: see tests/setup."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    for name in (os.environ.get("CHROMIUM_PATH"), *names):
        found = name and shutil.which(name)
        if found:
            return found
    return None


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Without a path it is Playwright's own browser, where that was installed.
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
    """None is started where there is no browser."""
    return stack


@pytest.fixture
def open_page(browser, stack):
    """Opens pages, and sees at the end that none complained or asked another host for anything."""
    contexts, complaints, refused = [], [], set()
    ignored = list(EXPECTED)
    ours = [stack.url, f"http://{LAN}:{stack.port}", "data:"]

    def asked(request):
        if not request.url.startswith(tuple(ours)):
            complaints.append(("asked for", request.url))

    def said(message):
        # That a page itself was refused, where a test is about that, is written by the browser as well.
        if message.type in ("error", "warning") and not any(known in message.text for known in ignored):
            complaints.append((message.text, message.location["url"]))

    def open_page(path="/", base_url=stack.url, expected=(), **options):
        """`expected` are words of messages that belong to the test."""
        # Requests that a service worker makes are seen by no test: only those that are about it have one.
        context = browser.new_context(base_url=base_url, **{"service_workers": "block"} | options)
        contexts.append(context)
        ours.append(base_url)
        ignored.extend(expected)
        context.on("request", asked)
        context.on("console", said)
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
    """Defines a board of the test's own."""
    return partial(define, stack, board_name(request))
