"""The addresses in the greeting of `serve`."""

from __future__ import annotations

import pytest

from config.settings import Settings
from scoreboard.commands.greeting import greeting, local_url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("10.0.0.1", "http://10.0.0.1:8000"),
    ],
)
def test_this_machine_reaches_the_server_at_every_listening_address(host, url):
    assert local_url(Settings(host=host)) == url
    assert f"serving at {url}\n" in greeting(Settings(host=host))


@pytest.mark.parametrize(
    ("host", "is_local"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_the_greeting_says_that_only_this_machine_can_connect(host, is_local):
    assert ("Only this machine" in greeting(Settings(host=host))) == is_local


def test_the_public_address_is_printed_and_used_for_a_first_score():
    text = greeting(Settings(host="127.0.0.1", public_url="https://scores.example/"))

    assert "Others reach it at https://scores.example/\n" in text
    assert "curl https://scores.example/v1/boards/main/scores" in text
    assert "Only this machine" not in text
