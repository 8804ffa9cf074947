"""A stranger makes guests by the dozen, and opens streams with the tickets of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.sockets import Raw, close_all, messages, upgrade
from tests.support import Stack, wait_until

PLACES = 10  # STREAM_MAX_PER_ADDRESS of the server
EACH = 8  # streams that each guest asks for: fewer than one player may have


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Whatever was opened is closed, and counted no more."""
    yield
    close_all()


def processes(server: Stack) -> int:
    """How many web processes it has: each counts its own streams."""
    return int(server.environment["WEB_CONCURRENCY"])


def ticket(server: Stack, address: str) -> str:
    """The ticket of a new guest."""
    home = {"X-Forwarded-For": address}
    guest = server.call("POST", "/v1/auth/guest", key=None, headers=home).json["data"]["accessToken"]
    answer = server.call("POST", "/v1/stream/ticket", key=guest, headers=home)
    return str(answer.json["data"]["ticket"])


def by_events(server: Stack, address: str, query: str) -> str:
    """Why an event stream is refused; "" if it is open."""
    raw = Raw(server.port).send(f"/v1/stream?{query}", X_Forwarded_For=address)
    got = raw.until(b'"}\n\n')
    return why(got[got.index(b"data: ") + 6 :].partition(b"\n")[0])


def by_websocket(server: Stack, address: str, query: str) -> str:
    """Why a WebSocket is refused; "" if it is open."""
    raw = upgrade(server.port, f"/v1/ws?{query}", X_Forwarded_For=address)
    raw.until(b'"}')
    return why(messages(raw.got)[0][1])


def why(frame: bytes) -> str:
    return str(json.loads(frame).get("why", ""))


def opened(server: Stack, address: str, carrier, query: str) -> bool:
    """Whether a stream is open. Tried again where too many are opened at once: only places count here."""
    found = "rate"

    def told() -> bool:
        nonlocal found
        found = carrier(server, address, query)
        return found != "rate"

    wait_until(told, seconds=30)
    assert found in ("", "ip_limit")
    return found == ""


@pytest.mark.parametrize(
    ("carrier", "address"), [(by_events, "203.0.113.1"), (by_websocket, "203.0.113.2")], ids=["sse", "ws"]
)
def test_tickets_do_not_take_all_places_for_one_address(server, carrier, address):
    most = 3 * PLACES * processes(server)
    guests = most // EACH + 2
    tickets = [ticket(server, address) for _ in range(guests)]

    found = [
        opened(server, address, carrier, f"boards=main&ticket={one}") for one in tickets for _ in range(EACH)
    ]

    assert 3 * PLACES <= sum(found) <= most
    assert opened(server, "203.0.113.99", carrier, "boards=main")


def test_without_tickets_an_address_has_its_own_places_and_no_more(server):
    most = PLACES * processes(server)

    found = [opened(server, "203.0.113.3", by_events, "boards=main") for _ in range(most + 4)]

    assert PLACES <= sum(found) <= most


def test_networks_of_one_site_do_not_multiply_the_places(server):
    most = 16 * PLACES
    networks = (f"2001:db8:77:{number:x}::1" for number in range(3 * most * processes(server)))

    found = 0
    while opened(server, next(networks), by_events, "boards=main"):
        found += 1
    shown = server.call("GET", "/v1/admin/rooms").json["data"]["processes"]

    assert found >= most
    # Where there are two, a crowded one sends some viewers to the other meanwhile, so each is looked at.
    assert max(process["viewers"] for process in shown) <= most
