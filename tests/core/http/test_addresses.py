"""The address of a request's caller, behind proxies and with forged headers."""

from __future__ import annotations

import logging

import pytest
from flask import Response
from werkzeug.test import Client, EnvironBuilder

from scoreboard.core.http.addresses import UNKNOWN, Addresses, network, site

CLIENT, PROXY, EDGE = "192.0.2.7", "10.0.0.1", "10.0.0.2"


def seen_by_app(hops, *forwarded, peer=PROXY, **headers):
    """The address, scheme and host that the application sees."""
    addresses = Addresses(hops=hops)
    if forwarded:
        headers["X-Forwarded-For"] = ", ".join(forwarded)
    builder = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": peer})

    def app(environ, start):
        return Response(f"{addresses.of(environ)} {environ['wsgi.url_scheme']} {environ['HTTP_HOST']}")(
            environ, start
        )

    return Client(addresses.through(app)).open(builder).text.split(" ")


def test_without_trusted_proxies_the_header_means_nothing():
    assert seen_by_app(0, CLIENT)[0] == seen_by_app(0, "1.1.1.1", "2.2.2.2")[0] == PROXY


@pytest.mark.parametrize("spoofed", [[], ["1.1.1.1"], ["1.1.1.1", "::1", "x" * 5000], [""], ["unknown"]])
def test_forged_addresses_come_before_those_of_trusted_proxies(spoofed):
    assert seen_by_app(1, *spoofed, CLIENT)[0] == CLIENT
    assert seen_by_app(2, *spoofed, CLIENT, EDGE)[0] == CLIENT


def test_with_fewer_hops_than_are_trusted_the_peer_is_the_caller():
    assert seen_by_app(1)[0] == PROXY
    assert seen_by_app(2)[0] == seen_by_app(2, CLIENT)[0] == PROXY


@pytest.mark.parametrize("text", ["unknown", "_hidden", "999.1.1.1", "1.1.1", "[::1", "a b", "::g", "%"])
def test_a_text_that_is_not_an_address_counts_as_the_proxy(text):
    assert seen_by_app(1, CLIENT, text)[0] == PROXY


def test_a_caller_without_an_address_still_has_a_counter():
    assert seen_by_app(0, peer="")[0] == seen_by_app(1, "unknown", peer="")[0] == UNKNOWN
    assert Addresses(hops=0).of({}) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2::2", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::3]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ],
)
def test_an_address_counts_as_its_network(text, counted):
    assert network(text) == seen_by_app(1, text)[0] == counted


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::/64", "2001:db8:1::/48"),
        ("2001:db8:2:2::/64", "2001:db8:2::/48"),
        ("::/64", "::/48"),
        ("192.0.2.7", ""),
        (UNKNOWN, ""),
    ],
)
def test_a_network_of_ipv6_is_part_of_a_site(network, found):
    assert site(network) == found


def test_the_scheme_is_taken_from_trusted_proxies_and_the_host_never():
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}

    assert seen_by_app(1, CLIENT, Host="here", **forwarded) == [CLIENT, "https", "here"]
    assert seen_by_app(0, CLIENT, Host="here", **forwarded) == [PROXY, "http", "here"]


def test_a_forwarded_address_that_is_not_trusted_is_warned_of_once(caplog):
    addresses = Addresses(hops=0)
    environ = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": CLIENT}

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            addresses.of(environ)
        Addresses(hops=1).of(environ)

    assert [record.getMessage() for record in caplog.records] == [
        "X-Forwarded-For is sent but not trusted: behind a proxy, set TRUSTED_PROXY_HOPS"
    ]


@pytest.mark.parametrize(
    ("header", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("javascript", "http"), ("https x", "http")],
)
def test_a_proxy_may_set_only_known_schemes(header, scheme):
    seen = {}
    environ = {
        "wsgi.url_scheme": "http",
        "HTTP_X_FORWARDED_PROTO": header,
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "x",
    }

    Addresses(hops=1).through(lambda environ, _: seen.update(environ))(environ, None)

    assert seen["wsgi.url_scheme"].lower() == scheme
