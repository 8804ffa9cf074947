"""Tickets open streams for a minute, and only the server can make one."""

from __future__ import annotations

import pytest

from scoreboard.accounts.types import Player
from scoreboard.core.errors import Unauthenticated


@pytest.fixture
def player(clock):
    return Player(id="ada", session="s1", role="player", issued_at=clock(), expires_at=clock() + 15 * 60_000)


def test_a_ticket_names_its_player_and_its_end(parts, player):
    ticket, is_usable = parts.stream.tickets.open(parts.stream.tickets.issue(player))

    assert (ticket.player, ticket.session, ticket.private, is_usable) == ("ada", "s1", False, True)
    assert ticket.lasts_until == player.expires_at


def test_a_ticket_opens_streams_for_a_minute_and_is_recognised_after_it(parts, player, clock):
    text = parts.stream.tickets.issue(player)
    clock.advance(seconds=59)
    assert parts.stream.tickets.open(text)[1]

    clock.advance(seconds=2)

    assert not parts.stream.tickets.open(text)[1]


def test_a_ticket_never_outlives_the_access_token(parts, player, clock):
    text = parts.stream.tickets.issue(player)
    clock.at = player.expires_at

    assert not parts.stream.tickets.open(text)[1]


def test_an_altered_ticket_is_refused(parts, player):
    kid, body, mac = parts.stream.tickets.issue(player).split(".")
    altered = [
        f"{kid}.{body}x.{mac}",
        f"{kid}.{body}.{mac[:-2]}",
        f"{kid}x.{body}.{mac}",
        f"{kid}.{body}",
        f"{kid}.{body}.",
        f"{kid}.{body}.{mac}.more",
        "..",
        "",
        "\u00fc.\u00fc.\u00fc",
    ]
    for text in altered:
        with pytest.raises(Unauthenticated):
            parts.stream.tickets.open(text)


def test_another_process_opens_a_ticket_too(parts, player, make_parts, sqlite_url):
    other = make_parts(sqlite_url)

    assert other.stream.tickets.open(parts.stream.tickets.issue(player))[0].player == "ada"
