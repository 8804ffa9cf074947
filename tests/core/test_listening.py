"""Valid values of HOST, and their form in links."""

from __future__ import annotations

import socket

import pytest

from config.settings import SettingError, Settings, load
from scoreboard.commands.greeting import local_url
from scoreboard.core.listening import bind_addresses, normal
from scoreboard.core.tcp import families_apart

MACHINE_TYPES = [
    "x86_64-conda-linux-gnu",
    "x86_64-conda_cos6-linux-gnu",
    "aarch64-conda-linux-gnu",
    "powerpc64le-conda-linux-gnu",
    "armv7l-unknown-linux-gnueabihf",
    "x86_64-apple-darwin13.4.0",
    "arm64-apple-darwin20.0.0",
    "x86_64-w64-mingw32",
]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[::]", "::"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:0", "::"),
        (" 2001:DB8::5 ", "2001:db8::5"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("my-laptop.local", "my-laptop.local"),
        ("web-linux-1", "web-linux-1"),
    ],
)
def test_an_address_is_accepted_in_every_notation(text, host):
    assert normal(text) == load({"HOST": text}).host == host


@pytest.mark.parametrize("host", MACHINE_TYPES)
def test_a_machine_type_of_conda_or_a_compiler_is_explained(host):
    with pytest.raises(SettingError) as raised:
        load({"HOST": host})

    assert f"HOST={host} can't be used, it is a machine type" in str(raised.value)
    assert "conda" in str(raised.value)
    assert "set HOST=127.0.0.1" in str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::]:8000", "http://here", "::g", "a b", "user@here"])
def test_an_invalid_address_is_refused_with_a_hint(host):
    with pytest.raises(SettingError, match="set HOST to an address without a port"):
        load({"HOST": host})


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:8000"),
        ("2001:db8::5", "http://[2001:db8::5]:8000"),
        ("::", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
    ],
)
def test_links_have_brackets(host, url):
    assert local_url(Settings(host=host)) == url


def test_both_families_are_served_even_if_the_system_separates_them():
    assert bind_addresses("::", 80, apart=False) == ["[::]:80"]
    assert bind_addresses("::", 80, apart=True) == ["0.0.0.0:80", "[::]:80"]
    assert bind_addresses("::1", 80, apart=True) == ["[::1]:80"]
    assert bind_addresses("10.0.0.1", 80, apart=True) == ["10.0.0.1:80"]
    with socket.socket(socket.AF_INET6) as probe:
        assert families_apart() == bool(probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
