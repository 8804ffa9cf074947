"""Limits on the streams of a process, an address and a player."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from scoreboard.stream.serving.admission import (
    OPENED_A_SECOND,
    OPENED_AT_ONCE,
    NotAdmitted,
    Slots,
    StreamClient,
)

HOME = StreamClient(address="192.0.2.1")


def take(slots, client, *, opening=True):
    """The reason for refusing a client a slot; "" if it got one."""
    try:
        slots.admissions.append(slots.admit(client, opening=opening))
    except NotAdmitted as refusal:
        return refusal.why
    return ""


class Time:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def slots(time):
    free = [ip_network(text) for text in ("10.0.0.0/8", "2001:db8::/32", "::1/128")]
    slots = Slots(most=50, most_per_address=3, most_per_player=2, free=free, monotonic=time)
    slots.admissions = []
    return slots


def test_an_address_has_a_number_of_slots_and_gets_released_ones_back(slots):
    assert [take(slots, HOME) for _ in range(4)] == ["", "", "", "ip_limit"]

    slots.admissions[0].release()

    assert take(slots, HOME) == ""


def test_addresses_do_not_take_each_others_slots(slots):
    for _ in range(3):
        take(slots, HOME)

    assert take(slots, StreamClient(address="192.0.2.2")) == ""


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::/64", "::/64", "unknown", ""])
def test_free_networks_are_not_counted(slots, address):
    assert [take(slots, StreamClient(address=address)) for _ in range(49)] == [""] * 49


def test_a_player_has_a_number_of_slots_over_all_addresses(slots):
    found = [take(slots, StreamClient(address=f"192.0.2.{one}", player="ada")) for one in range(3)]

    assert found == ["", "", "player_limit"]


def test_clients_with_tickets_have_three_times_as_many_slots(slots):
    found = [take(slots, StreamClient(address=HOME.address, player=f"p{one}")) for one in range(11)]

    assert found == [""] * 9 + ["ip_limit"] * 2
    assert take(slots, HOME) == "ip_limit"
    assert take(slots, StreamClient(address="192.0.2.2", player="p11")) == ""


def test_clients_with_and_without_tickets_are_counted_together(slots):
    watching = [take(slots, HOME) for _ in range(3)]
    players = [take(slots, StreamClient(address=HOME.address, player=f"p{one}")) for one in range(7)]

    assert watching == [""] * 3
    assert players == [""] * 6 + ["ip_limit"]


def test_players_of_a_free_network_are_not_counted_by_address(slots):
    found = [take(slots, StreamClient(address="10.0.0.1", player=f"p{one}")) for one in range(50)]

    assert found == [""] * 50


def test_a_site_of_ipv6_has_16_times_as_many_as_one_of_its_networks(slots):
    slots.most = 1000
    results = [take(slots, StreamClient(address=f"2001:db9:0:{n:x}::/64")) for n in range(49)]

    assert results == [""] * 48 + ["ip_limit"]
    assert take(slots, StreamClient(address="2001:db9:1::/64")) == ""
    assert take(slots, StreamClient(address="2001:db9:0:ff::/64", player="ada")) == ""


def test_a_site_of_ipv6_opens_16_times_as_many_at_once(slots):
    slots.most_per_address = slots.most = 10**6
    results = [
        take(slots, StreamClient(address=f"2001:db9:0:{n % 100:x}::/64"))
        for n in range(16 * OPENED_AT_ONCE + 1)
    ]

    assert results == [""] * 16 * OPENED_AT_ONCE + ["rate"]


def test_a_process_has_a_number_of_slots(slots):
    for one in range(50):
        take(slots, StreamClient(address=f"192.0.2.{one}"))

    assert take(slots, StreamClient(address="10.0.0.1")) == "capacity"


def test_an_address_opens_a_burst_and_then_a_number_a_second(slots, time):
    slots.most_per_address = 1000
    slots.most = 1000
    first = [take(slots, HOME) for _ in range(OPENED_AT_ONCE + 1)]
    time.now += 1
    later = [take(slots, HOME) for _ in range(OPENED_A_SECOND + 1)]

    assert first == [""] * OPENED_AT_ONCE + ["rate"]
    assert later == [""] * OPENED_A_SECOND + ["rate"]
    assert take(slots, HOME, opening=False) == ""


def test_when_all_slots_are_released_no_counter_remains(slots):
    clients = [StreamClient(address=f"192.0.2.{one}", player="ada" if one < 2 else "") for one in range(20)]
    clients += [StreamClient(address=f"2001:db9:0:{one}::/64") for one in range(5)]
    clients += [StreamClient(address=address) for address in ("10.0.0.1", "unknown")]

    assert [take(slots, client) for client in clients] == [""] * len(clients)
    for admission in slots.admissions:
        admission.release()
        admission.release()

    assert (slots.in_use, dict(slots._addresses), dict(slots._players)) == (0, {}, {})
