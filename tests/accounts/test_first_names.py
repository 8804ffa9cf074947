# ruff: noqa: RUF001 - these tests need the letters of a Japanese keyboard
"""The display names of players who gave none: never an address, and never too long."""

from __future__ import annotations

import pytest

from tests.boards.calls import list_entries, submit

PASSWORD = "a long enough one"
ADDRESSES = [
    "zoltan@mail.example",
    "first.middle.last12345678@mail.example",
    "ｚｏｌｔａ＠ｍａｉｌ．ｅｘａｍｐｌｅ",
]


def register(auth, name, **more):
    answer = auth("register", username=name, password=PASSWORD, **more)
    assert answer.status_code == 201, answer.json
    return answer.json["data"]["player"]


def test_nothing_of_an_address_is_public(auth, client, parts):
    for name in ADDRESSES:
        player = register(auth, name)
        submit(client, "main", {"player": player["id"], "score": 1})

        assert player["displayName"] == f"Player {player['id'][-4:].upper()}"
        assert not any(
            part in everything_public(client, player["id"]) for part in ("zolt", "ｚｏｌｔ", "first.middle")
        )
        assert not any(part in the_journal(parts) for part in ("zolt", "ｚｏｌｔ", "first.middle"))


def everything_public(client, player):
    paths = ("/v1/boards/main/entries", f"/v1/boards/main/entries/{player}", "/v1/poll", "/b/main")
    answers = [client.get(path, headers={"Authorization": ""}) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    return "".join(answer.text for answer in answers)


def the_journal(parts):
    return repr([line.fact for line in parts.journal.after(parts.journal.start, 100)])


@pytest.mark.one_database
def test_a_user_name_that_is_too_long_to_be_shown_is_no_obstacle(auth):
    player = register(auth, "x" * 64)

    assert player["displayName"] == f"Player {player['id'][-4:].upper()}"
    assert player["username"] == "x" * 64


@pytest.mark.one_database
def test_other_user_names_are_shown(auth):
    for name in ("ada", "Jürgen", "علی\u200cرضا", "x" * 32):
        assert register(auth, name)["displayName"] == name


@pytest.mark.one_database
def test_an_address_may_be_chosen_as_display_name(auth):
    assert (
        register(auth, "ada@mail.example", displayName="ada@mail.example")["displayName"]
        == "ada@mail.example"
    )


@pytest.mark.one_database
def test_a_guest_who_takes_an_address_as_user_name_keeps_the_name(auth):
    guest = auth("guest", displayName="Ada").json["data"]

    answer = auth("upgrade", bearer=guest["accessToken"], username="ada@mail.example", password=PASSWORD)

    assert answer.json["data"]["player"]["displayName"] == "Ada"


def test_all_players_shown_by_their_address_can_be_renamed(auth, client, parts):
    shown = register(auth, "ada@mail.example", displayName="ada@mail.example")["id"]
    register(auth, "bob@mail.example")
    register(auth, "eve@mail.example", displayName="eve@example")
    submit(client, "main", {"player": shown, "score": 1})

    assert parts.accounts.players.hide_addresses(context={"caller": "command"}) == 1
    assert parts.accounts.players.hide_addresses(context={"caller": "command"}) == 0

    (row,) = list_entries(client, "main")["entries"]
    assert row["player"]["displayName"] == f"Player {shown[-4:].upper()}"
