"""One address makes many guests, and opens streams with the tickets of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.sockets import Raw, close_all, messages, upgrade
from tests.support import Stack, wait_until

SLOTS = 10  # STREAM_MAX_PER_ADDRESS of the server
STREAMS_EACH = 8  # streams for each guest: fewer than one player may have


@pytest.fixture(autouse=True)
def close_connections() -> Iterator[None]:
    """Close all connections, so that they are no longer counted."""
    yield
    close_all()


def processes(server: Stack) -> int:
    """The number of web processes. Each counts its own streams."""
    return int(server.environment["WEB_CONCURRENCY"])


def ticket(server: Stack, address: str) -> str:
    """The ticket of a new guest."""
    home = {"X-Forwarded-For": address}
    guest = server.call("POST", "/v1/auth/guest", key=None, headers=home).json["data"]["accessToken"]
    answer = server.call("POST", "/v1/stream/ticket", key=guest, headers=home)
    return str(answer.json["data"]["ticket"])


def by_events(server: Stack, address: str, query: str) -> str:
    """Open an event stream. Returns the reason of a refusal, or ""."""
    raw = Raw(server.port).send(f"/v1/stream?{query}", X_Forwarded_For=address)
    got = raw.until(b'"}\n\n')
    return reason(got[got.index(b"data: ") + 6 :].partition(b"\n")[0])


def by_websocket(server: Stack, address: str, query: str) -> str:
    """Open a WebSocket. Returns the reason of a refusal, or ""."""
    raw = upgrade(server.port, f"/v1/ws?{query}", X_Forwarded_For=address)
    raw.until(b'"}')
    return reason(messages(raw.got)[0][1])


def reason(frame: bytes) -> str:
    return str(json.loads(frame).get("why", ""))


def can_open(server: Stack, address: str, carrier, query: str) -> bool:
    """True if a stream can be opened. Repeats attempts that come too fast: only the slots matter here."""
    refusal = "rate"

    def is_decided() -> bool:
        nonlocal refusal
        refusal = carrier(server, address, query)
        return refusal != "rate"

    wait_until(is_decided, seconds=30)
    assert refusal in ("", "ip_limit")
    return refusal == ""


@pytest.mark.parametrize(
    ("carrier", "address"), [(by_events, "203.0.113.1"), (by_websocket, "203.0.113.2")], ids=["sse", "ws"]
)
def test_tickets_do_not_take_all_slots_for_one_address(server, carrier, address):
    most = 3 * SLOTS * processes(server)
    guests = most // STREAMS_EACH + 2
    tickets = [ticket(server, address) for _ in range(guests)]

    opened = [
        can_open(server, address, carrier, f"boards=main&ticket={one}")
        for one in tickets
        for _ in range(STREAMS_EACH)
    ]

    assert 3 * SLOTS <= sum(opened) <= most
    assert can_open(server, "203.0.113.99", carrier, "boards=main")


def test_without_tickets_an_address_has_its_own_slots_and_no_more(server):
    most = SLOTS * processes(server)

    opened = [can_open(server, "203.0.113.3", by_events, "boards=main") for _ in range(most + 4)]

    assert SLOTS <= sum(opened) <= most


def test_networks_of_one_site_do_not_multiply_the_slots(server):
    most = 16 * SLOTS
    networks = (f"2001:db8:77:{number:x}::1" for number in range(3 * most * processes(server)))

    opened = 0
    while can_open(server, next(networks), by_events, "boards=main"):
        opened += 1
    counts = server.call("GET", "/v1/admin/rooms").json["data"]["processes"]

    assert opened >= most
    # With two processes a crowded one may send viewers to the other, so each is compared.
    assert max(process["viewers"] for process in counts) <= most
