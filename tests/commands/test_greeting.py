"""What `serve` says of where it is."""

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
def test_this_machine_reaches_the_server_wherever_it_listens(host, url):
    assert local_url(Settings(host=host)) == url
    assert f"serving at {url}\n" in greeting(Settings(host=host))


@pytest.mark.parametrize(
    ("host", "closed"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_the_greeting_says_that_only_this_machine_can_connect(host, closed):
    assert ("Only this machine" in greeting(Settings(host=host))) == closed


def test_the_public_address_is_printed_and_used_for_a_first_score():
    said = greeting(Settings(host="127.0.0.1", public_url="https://scores.example/"))

    assert "Others reach it at https://scores.example/\n" in said
    assert "curl https://scores.example/v1/boards/main/scores" in said
    assert "Only this machine" not in said
