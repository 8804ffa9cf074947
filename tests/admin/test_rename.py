# ruff: noqa: RUF001 - full-width letters, as of a Japanese keyboard, are part of the tests
"""Moderators rename players: at once on boards and streams, and recorded with the moderator's id."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage import rediskeys
from scoreboard.stream.protocol import frames
from tests.accounts.calls import as_player
from tests.actions.play import Player
from tests.boards.calls import list_entries, put, refusal, submit
from tests.contract import ContractClient
from tests.stream.steps import publish


@pytest.fixture
def callers(client, parts):
    """The callers that may rename, each with its id in the journal."""
    moderator = Player(parts, displayName="Mod")
    parts.accounts.players.grant(moderator.id, "moderator", context={})
    moderator.renew()
    (key,) = parts.accounts.keys.all()
    return {"key": (client, key.id), "moderator": (moderator.http, moderator.id)}


def rename(http, player, name):
    return http.patch(f"/v1/admin/players/{player}", json={"displayName": name})


def names_on(client, board="main", **query):
    return {
        row["player"]["id"]: row["player"]["displayName"]
        for row in list_entries(client, board, **query)["entries"]
    }


def test_a_player_has_the_new_name_everywhere_at_once(client, callers, parts):
    put(client, "cup")
    ada = Player(parts, displayName="Rude")
    for board in ("main", "cup"):
        submit(client, board, {"player": ada.id, "score": 1})

    for name, (http, caller) in callers.items():
        answer = rename(http, ada.id, f"  Ａda by {name} ")

        assert answer.json["data"] == {"id": ada.id, "displayName": f"Ada by {name}"}
        assert names_on(client) == names_on(client, "cup") == {ada.id: f"Ada by {name}"}
        assert ada.http.get("/v1/me").json["data"]["displayName"] == f"Ada by {name}"
        fact = parts.journal.after(parts.journal.start, 100)[-1].fact
        assert (fact.kind, fact.player, fact.context["caller"]) == ("player-renamed", ada.id, caller)


def test_other_processes_and_boards_read_from_sql_show_it_too(client, make_parts, database_url, parts, redis):
    submit(client, "main", {"player": "ada", "displayName": "Rude", "score": 1})
    other = ContractClient(create_app(make_parts(database_url)))
    rename(client, "ada", "Ada")

    assert names_on(other) == {"ada": "Ada"}
    redis.flushall()
    assert names_on(other) == names_on(client) == {"ada": "Ada"}
    parts.followers.catch_up("boards")
    assert names_on(other) == {"ada": "Ada"}


@pytest.mark.one_database
def test_the_audit_log_names_the_caller_and_not_the_display_name(client, callers, parts):
    submit(client, "main", {"player": "ada", "displayName": "Rude", "score": 1})
    http, caller = callers["moderator"]
    rename(http, "ada", "Lovelace")
    parts.followers.catch_up("audit")

    lines = parts.base.audit_database.run(lambda db: db.execute_sql("SELECT * FROM audit").fetchall())
    (line,) = [line for line in lines if "player-renamed" in line]
    assert caller in line
    assert "Lovelace" not in repr(lines)


def test_streams_show_it_without_waiting_for_a_score(client, make_parts, database_url, redis):
    parts = make_parts(database_url, stream_tick_ms=0)
    submit(client, "main", {"player": "ada", "displayName": "Rude", "score": 1})
    publish(parts)

    rename(client, "ada", "Ada")
    publish(parts)

    *_, frame = [frames.decode(values["frame"]) for _, values in redis.xrange(rediskeys.frames())]
    assert (frame["t"], frame["up"]) == ("delta", [[0, {"id": "ada", "n": "Ada"}]])


@pytest.mark.one_database
def test_players_of_a_server_can_be_renamed(client):
    submit(
        client, "main", {"player": "ada", "score": 1, "displayName": "Rude"}, {"player": "bob", "score": 1}
    )

    assert rename(client, "ada", "Ada").status_code == rename(client, "bob", "Bob").status_code == 200
    assert names_on(client) == {"ada": "Ada", "bob": "Bob"}


@pytest.mark.one_database
def test_players_still_rename_themselves(client, parts):
    ada = Player(parts, displayName="Rude")
    rename(client, ada.id, "Ada")

    assert (
        ada.http.patch("/v1/me", json={"displayName": "Countess"}).json["data"]["displayName"] == "Countess"
    )
    assert rename(client, ada.id, "Ada again").json["data"]["displayName"] == "Ada again"


@pytest.mark.one_database
def test_an_invalid_name_changes_nothing(client, parts):
    ada = Player(parts, displayName="Rude")
    head = parts.journal.head().seq

    for body, expected in (
        ({"displayName": "a\u200bb"}, (422, "invalid_display_name")),
        ({"displayName": ""}, (422, "invalid_display_name")),
        ({"displayName": None}, (400, "validation_failed")),
        ({}, (400, "validation_failed")),
        ({"displayName": "Ada", "region": "eu"}, (400, "validation_failed")),
    ):
        assert refusal(client.patch(f"/v1/admin/players/{ada.id}", json=body)) == expected
    for player in ("nobody", "p_01kbddmpkd3spf0z1mfb2j8c9r", "%00", "x" * 65):
        assert refusal(rename(client, player, "Ada")) == (404, "player_not_found")
    assert parts.journal.head().seq == head


@pytest.mark.one_database
def test_others_may_not_rename(client, parts):
    ada = Player(parts, displayName="Ada")
    key = parts.accounts.keys.create("scores", ("scores:write", "boards:write"))[1]
    server = ContractClient(create_app(parts))
    server.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"

    assert refusal(rename(ada.http, ada.id, "Rude")) == (403, "forbidden")
    assert refusal(rename(server, ada.id, "Rude")) == (403, "insufficient_scope")
    assert refusal(rename(ContractClient(create_app(parts)), ada.id, "Rude")) == (401, "unauthenticated")
    assert as_player(parts, ada.session).get("/v1/me").json["data"]["displayName"] == "Ada"
