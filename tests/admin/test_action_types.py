"""Managing action types over HTTP."""

from __future__ import annotations

import pytest

from tests.actions.play import Player
from tests.boards.calls import refusal

JUMP = {"boards": ["main"], "points": 10}
WHOLE = {
    "boards": ["main"],
    "points": {"min": 1, "max": 5},
    "minSeconds": 2.5,
    "maxSeconds": 60.0,
    "hourlyCap": 100,
    "dailyCap": 1000,
    "exclusive": True,
    "offline": True,
    "difficulty": 16,
    "bindDevice": True,
    "resultBytes": 64,
}


def define(client, name="jump", **rules):
    return client.put(f"/v1/admin/action-types/{name}", json=JUMP | rules)


def ask(player):
    return player.http.post("/v1/actions/request", json={"actionType": "jump"})


def test_put_creates_a_type_and_then_changes_it(client):
    created = client.put("/v1/admin/action-types/jump", json=WHOLE)
    changed = define(client)

    assert (created.status_code, changed.status_code) == (201, 200)
    assert created.json["data"] == {"name": "jump", **WHOLE}
    assert changed.json["data"]["hourlyCap"] is None


def test_an_answer_of_get_can_be_put(client):
    define(client)
    definition = client.get("/v1/admin/action-types/jump").json["data"]

    assert client.put("/v1/admin/action-types/jump", json=definition).status_code == 200


def test_types_are_listed_by_name(client):
    define(client, "jump")
    define(client, "dig")

    answer = client.get("/v1/admin/action-types").json

    assert [one["name"] for one in answer["data"]] == ["dig", "jump", "play-round"]
    assert answer["page"] == {"next": None, "limit": 3}


def test_a_deleted_type_is_gone_and_can_be_created_again(client):
    define(client)

    assert client.delete("/v1/admin/action-types/jump").status_code == 204
    assert refusal(client.get("/v1/admin/action-types/jump")) == (404, "unknown_action_type")
    assert refusal(client.delete("/v1/admin/action-types/jump")) == (404, "unknown_action_type")
    assert define(client).status_code == 201


def test_a_write_with_a_key_is_done_once(client):
    headers = {"Idempotency-Key": "one"}
    define(client)
    first = client.delete("/v1/admin/action-types/jump", headers=headers)
    define(client)
    again = client.delete("/v1/admin/action-types/jump", headers=headers)

    assert (first.status_code, again.status_code) == (204, 204)
    assert client.get("/v1/admin/action-types/jump").status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize(
    "wrong",
    [
        {"boards": []},
        {"boards": ["main", "main"]},
        {"boards": ["nowhere"]},
        {"boards": ["Main"]},
        {"points": -1},
        {"points": 1.5},
        {"points": {"min": 5, "max": 1}},
        {"points": {"min": 5}},
        {"minSeconds": 300},
        {"minSeconds": -1},
        {"maxSeconds": 86_401},
        {"difficulty": 21},
        {"hourlyCap": 9},
        {"speed": 1},
        {"exclusive": "yes"},
    ],
    ids=str,
)
def test_an_invalid_type_is_refused(client, wrong):
    assert refusal(define(client, **wrong)) == (400, "validation_failed")
    assert client.get("/v1/admin/action-types/jump").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("trust", ["server", "verified"])
def test_no_type_feeds_a_board_that_only_servers_write(client, trust):
    client.put("/v1/admin/boards/prizes", json={"trust": trust})

    assert refusal(define(client, boards=["prizes"])) == (400, "validation_failed")


def test_a_board_that_stops_trusting_players_accepts_no_more_points(client, parts):
    client.put("/v1/admin/boards/prizes", json={})
    define(client, boards=["prizes"], difficulty=0)
    ada = Player(parts)
    action = ada.request()

    client.put("/v1/admin/boards/prizes", json={"trust": "server"})

    assert refusal(ada.complete(action)) == (403, "board_not_open")
    assert refusal(ask(ada)) == (
        403,
        "board_not_open",
    )


@pytest.mark.parametrize(("role", "status"), [("player", 403), ("moderator", 403), ("admin", 200)])
def test_an_admin_needs_no_key(client, parts, role, status):
    ada = Player(parts)
    parts.accounts.players.grant(ada.id, role, context={})
    parts.base.clock.advance(ms=1)
    ada.renew()

    assert ada.http.get("/v1/admin/action-types").status_code == status
    assert ada.http.get("/v1/admin/boards/main").status_code == status


def test_a_moderator_keeps_a_player_from_scoring(client, parts):
    define(client, difficulty=0)
    ada, bob = Player(parts), Player(parts)
    action = ada.request()
    parts.accounts.players.grant(bob.id, "moderator", context={})
    parts.base.clock.advance(ms=1)
    bob.renew()

    disabled = bob.http.post(f"/v1/admin/players/{ada.id}/disable-scoring")

    assert (disabled.status_code, disabled.json["data"]["scoring"]) == (200, False)
    assert refusal(ada.complete(action)) == (403, "scoring_disabled")
    assert refusal(ask(ada)) == (
        403,
        "scoring_disabled",
    )
    bob.http.post(f"/v1/admin/players/{ada.id}/enable-scoring")
    assert ada.complete(action).status_code == 200


def test_a_player_without_an_account_is_not_found(client):
    answer = client.post("/v1/admin/players/nobody/disable-scoring")

    assert refusal(answer) == (404, "player_not_found")
