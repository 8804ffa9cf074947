"""How many streams a process, an address and a player may have."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from scoreboard.stream.serving.admission import OPENED_A_SECOND, OPENED_AT_ONCE, Places, StreamClient

HOME = StreamClient(address="192.0.2.1")


class Time:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def places(time):
    free = [ip_network(text) for text in ("10.0.0.0/8", "2001:db8::/32", "::1/128")]
    return Places(most=50, most_per_address=3, most_per_player=2, free=free, monotonic=time)


def test_an_address_has_so_many_and_gets_another_one_back(places):
    assert [places.take(HOME) for _ in range(4)] == ["", "", "", "ip_limit"]

    places.give_back(HOME)

    assert places.take(HOME) == ""


def test_addresses_do_not_take_each_others_places(places):
    for _ in range(3):
        places.take(HOME)

    assert places.take(StreamClient(address="192.0.2.2")) == ""


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::/64", "::/64", "unknown", ""])
def test_networks_that_stand_for_many_are_not_counted(places, address):
    assert [places.take(StreamClient(address=address)) for _ in range(49)] == [""] * 49


def test_a_player_has_so_many_wherever_he_is(places):
    found = [places.take(StreamClient(address=f"192.0.2.{one}", player="ada")) for one in range(3)]

    assert found == ["", "", "player_limit"]


def test_those_with_a_ticket_have_three_times_as_many_and_no_more(places):
    found = [places.take(StreamClient(address=HOME.address, player=f"p{one}")) for one in range(11)]

    assert found == [""] * 9 + ["ip_limit"] * 2
    assert places.take(HOME) == "ip_limit"
    assert places.take(StreamClient(address="192.0.2.2", player="p11")) == ""


def test_those_with_a_ticket_and_those_without_are_counted_together(places):
    watching = [places.take(HOME) for _ in range(3)]
    players = [places.take(StreamClient(address=HOME.address, player=f"p{one}")) for one in range(7)]

    assert watching == [""] * 3
    assert players == [""] * 6 + ["ip_limit"]


def test_players_of_a_network_that_stands_for_many_are_not_counted_by_it(places):
    found = [places.take(StreamClient(address="10.0.0.1", player=f"p{one}")) for one in range(50)]

    assert found == [""] * 50


def test_a_site_of_ipv6_has_16_times_as_many_as_one_of_its_networks(places):
    places.most = 1000
    took = [places.take(StreamClient(address=f"2001:db9:0:{n:x}::/64")) for n in range(49)]

    assert took == [""] * 48 + ["ip_limit"]
    assert places.take(StreamClient(address="2001:db9:1::/64")) == ""
    assert places.take(StreamClient(address="2001:db9:0:ff::/64", player="ada")) == ""


def test_a_site_of_ipv6_opens_16_times_as_many_at_once(places):
    places.most_per_address = places.most = 10**6
    opened = [
        places.take(StreamClient(address=f"2001:db9:0:{n % 100:x}::/64"))
        for n in range(16 * OPENED_AT_ONCE + 1)
    ]

    assert opened == [""] * 16 * OPENED_AT_ONCE + ["rate"]


def test_a_process_has_so_many(places):
    for one in range(50):
        places.take(StreamClient(address=f"192.0.2.{one}"))

    assert places.take(StreamClient(address="10.0.0.1")) == "capacity"


def test_an_address_opens_so_many_at_once_and_then_so_many_a_second(places, time):
    places.most_per_address = 1000
    places.most = 1000
    first = [places.take(HOME) for _ in range(OPENED_AT_ONCE + 1)]
    time.now += 1
    later = [places.take(HOME) for _ in range(OPENED_A_SECOND + 1)]

    assert first == [""] * OPENED_AT_ONCE + ["rate"]
    assert later == [""] * OPENED_A_SECOND + ["rate"]
    assert places.take(HOME, opening=False) == ""


def test_when_all_left_nothing_is_remembered_of_them(places):
    came = [StreamClient(address=f"192.0.2.{one}", player="ada" if one < 2 else "") for one in range(20)]
    came += [StreamClient(address=f"2001:db9:0:{one}::/64") for one in range(5)]
    came += [StreamClient(address=address) for address in ("10.0.0.1", "unknown")]

    assert [places.take(who) for who in came] == [""] * len(came)
    for who in came:
        places.give_back(who)

    assert (places.taken, dict(places._addresses), dict(places._players)) == (0, {}, {})
