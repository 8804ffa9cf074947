"""The addresses in the greeting of `serve`."""

from __future__ import annotations

import socket

import pytest

from config.settings import Settings
from scoreboard.commands.greeting import greeting, local_url
from scoreboard.core.network import lan_address


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


def test_a_server_on_all_addresses_names_the_one_for_others_and_the_setting_for_links():
    text = greeting(Settings(host="0.0.0.0", port=8001), "192.168.1.5")

    assert "Other machines reach it at http://192.168.1.5:8001, without TLS.\n" in text
    assert "HOST=0.0.0.0 PUBLIC_URL=http://192.168.1.5:8001 make run\n" in text
    assert "serving at http://127.0.0.1:8001\n" in text


def test_the_greeting_leads_to_the_list_of_boards_and_the_guide():
    text = greeting(Settings(host="127.0.0.1"))

    assert "http://127.0.0.1:8000/boards " in text
    assert "http://127.0.0.1:8000/docs\n" in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_address_in_the_network_is_one_of_this_machine(host):
    address = lan_address(host)

    if address:  # a machine without a network has none
        with socket.socket() as probe:
            probe.bind((address, 0))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "10.0.0.1"])
def test_a_server_on_one_address_has_no_other(host):
    assert lan_address(host) == ""
