"""Decisions about players: hidden players are nowhere, and come back as if they had never been away."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define
from tests.boards.calls import list_entries, put, refusal, submit
from tests.merging.conftest import Account
from tests.moderation.calls import check_consistency, decide, entry_ids, undo


def rows(client, board="cup", **query):
    return [(one["player"]["id"], one["score"]) for one in list_entries(client, board, **query)["entries"]]


def act(client, player, action, **body):
    answer = client.post(f"/v1/admin/players/{player}/{action}", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


@pytest.fixture
def cup(client):
    put(client, "cup", operator="best", ties="dense", windows=["daily"], regions=["eu"])
    for player, score in (("ada", 9), ("bob", 7), ("cyd", 7), ("dan", 5)):
        submit(client, "cup", {"player": player, "score": score, "region": "eu", "displayName": player})
    return client


def test_a_hidden_player_is_not_listed_and_not_counted_until_shown(cup, parts):
    parts.followers.catch_up("search")
    before = list_entries(cup, "cup")

    hidden = act(cup, "bob", "hide", reason="exploit")

    assert (hidden["hidden"], hidden["visible"]) == (True, False)
    first = hidden["standings"][0]
    assert (first["player"], first["before"], first["after"]) == ("bob", {"score": 7, "rank": 2}, None)
    for query in ({}, {"period": "daily"}, {"region": "eu"}):
        found = list_entries(cup, "cup", **query)
        assert [one["player"]["id"] for one in found["entries"]] == ["ada", "cyd", "dan"]
        assert found["total"] == 3
    assert [one["rank"] for one in list_entries(cup, "cup")["entries"]] == [1, 2, 3]
    assert refusal(cup.get("/v1/boards/cup/entries/bob")) == (404, "not_ranked")
    assert refusal(cup.get("/v1/boards/cup/entries/bob/around")) == (404, "not_ranked")
    assert refusal(cup.get("/v1/players/bob")) == (404, "player_not_listed")
    assert list_entries(cup, "cup", players="bob,cyd")["entries"][0]["player"]["id"] == "cyd"
    assert list_entries(cup, "cup", search="bob")["entries"] == []
    assert cup.get("/v1/boards/cup/rank-for?score=8").json["data"]["total"] == 3
    assert "bob" not in cup.get("/v1/boards/cup/export?format=csv").text
    check_consistency(parts)

    act(cup, "bob", "show")
    parts.followers.catch_up("search")

    after = list_entries(cup, "cup")
    assert after["entries"] == before["entries"]
    assert after["total"] == 4
    assert [one["player"]["id"] for one in list_entries(cup, "cup", search="bob")["entries"]] == ["bob"]
    check_consistency(parts)


def test_scores_of_a_hidden_player_are_recorded_and_count_once_shown(cup, parts):
    decision = act(cup, "bob", "hide")["decision"]["id"]

    report = submit(cup, "cup", {"player": "bob", "score": 8, "region": "eu"})
    assert report["accepted"] == 1
    assert "degraded" not in report
    assert {one["rank"] for one in report["standings"]} == {None}
    assert [player for player, _ in rows(cup)] == ["ada", "cyd", "dan"]
    check_consistency(parts)

    undo(cup, decision)
    assert rows(cup) == [("ada", 9), ("bob", 8), ("cyd", 7), ("dan", 5)]
    assert refusal(cup.post(f"/v1/admin/decisions/{decision}/undo")) == (409, "already_undone")
    check_consistency(parts)


def test_a_player_who_is_hidden_before_their_first_score_stays_hidden(cup, parts):
    submit(cup, "main", {"player": "eve", "score": 1})
    act(cup, "eve", "hide")
    submit(cup, "cup", {"player": "eve", "score": 10})
    assert [player for player, _ in rows(cup)] == ["ada", "bob", "cyd", "dan"]
    check_consistency(parts)
    act(cup, "eve", "show")
    assert rows(cup)[0] == ("eve", 10)
    check_consistency(parts)


def test_a_change_of_the_order_leaves_hidden_players_hidden(cup, parts):
    act(cup, "ada", "hide")
    put(cup, "cup", operator="best", order="asc", windows=["daily"], regions=["eu"])
    assert [player for player, _ in rows(cup)] == ["dan", "bob", "cyd"]
    parts.followers.catch_up("boards")
    check_consistency(parts)


def test_a_decision_with_an_end_expires(cup, parts, clock):
    until = "2026-01-01T01:00:00Z"
    decision = act(cup, "bob", "hide", until=until)["decision"]["id"]
    assert parts.moderation.players.expire_due() == 0
    clock.advance(seconds=3600)
    assert parts.moderation.players.expire_due() == 1
    assert parts.moderation.players.expire_due() == 0
    assert len(rows(cup)) == 4
    assert cup.get(f"/v1/admin/decisions/{decision}").json["data"]["status"] == "expired"
    assert refusal(cup.post("/v1/admin/players/bob/hide", json={"until": until})) == (
        400,
        "validation_failed",
    )
    check_consistency(parts)


def test_a_dry_run_changes_nothing(cup, parts):
    looked = act(cup, "bob", "hide", dryRun=True)
    assert (looked["decision"], len(looked["standings"])) == (None, 4)
    assert len(rows(cup)) == 4
    assert act(cup, "bob", "hide")["standings"] == looked["standings"]


def test_deciding_what_is_so_already_is_refused(cup):
    act(cup, "bob", "hide")
    assert refusal(cup.post("/v1/admin/players/bob/hide")) == (409, "nothing_to_decide")
    assert refusal(cup.post("/v1/admin/players/bob/enable-scoring")) == (409, "nothing_to_decide")
    assert refusal(cup.post("/v1/admin/players/nobody/hide")) == (404, "player_not_found")


def test_suspending_hides_unless_it_should_not(client, parts):
    define(parts)
    ada, bob = Account(parts, "ada"), Account(parts, "bob")
    ada.play()
    bob.play()

    act(client, ada.id, "suspend", reason="automation")
    act(client, bob.id, "suspend", hide=False)

    assert rows(client, "main") == [(bob.id, 10)]
    act(client, ada.id, "reinstate")
    assert rows(client, "main") == [(ada.id, 10), (bob.id, 10)]
    check_consistency(parts)


def test_players_are_listed_with_their_restrictions(cup, parts):
    define(parts)
    ada = Account(parts, "fay")
    act(cup, "bob", "hide")
    act(cup, ada.id, "disable-scoring")

    def ids(**query):
        return [one["id"] for one in cup.get("/v1/admin/players", query_string=query).json["data"]]

    assert ids(state="hidden") == ["bob"]
    assert ids(state="scoring-disabled") == [ada.id]
    assert ids(query="cy") == ["cyd"]
    assert ids() == sorted(["ada", "bob", "cyd", "dan", ada.id])
    page = cup.get("/v1/admin/players?limit=2").json
    assert page["page"]["next"] == "bob"
    assert ids(limit=2, cursor="bob") == ["cyd", "dan"]
    shown = cup.get(f"/v1/admin/players/{ada.id}").json["data"]
    assert (shown["account"], shown["scoring"], shown["visible"]) == (True, False, True)


def test_nobody_decides_about_themselves_and_moderators_not_about_each_other(client, parts):
    define(parts)
    ada, bob, player = Account(parts, "ada"), Account(parts, "bob"), Player(parts)
    for one in (ada, bob):
        parts.accounts.players.grant(one.id, "moderator", context={})
        one.renew()
    player.play()

    assert refusal(ada.http.post(f"/v1/admin/players/{ada.id}/hide")) == (403, "protected_player")
    assert refusal(ada.http.post(f"/v1/admin/players/{bob.id}/hide")) == (403, "protected_player")
    decided = act(ada.http, player.id, "hide")["decision"]
    assert decided["author"] == ada.id
    assert refusal(player.http.post(f"/v1/admin/players/{player.id}/show")) == (403, "forbidden")


@pytest.mark.parametrize("hidden", ["account", "guest"])
def test_a_merge_keeps_an_unlisted_player_off_the_lists(client, parts, hidden):
    define(parts)
    ada, guest = Account(parts, "ada"), Player(parts)
    ada.play()
    guest.play()
    parts.moderation.players.set_listed(ada.id if hidden == "account" else guest.id, False, context={})

    assert ada.merge(guest).status_code == 200

    assert rows(client, "main") == ([] if hidden == "account" else [(ada.id, 20)])
    check_consistency(parts)
    if hidden == "account":
        parts.moderation.players.set_listed(ada.id, True, context={})
        assert rows(client, "main") == [(ada.id, 20)]
        check_consistency(parts)


def test_a_player_leaves_all_boards_and_comes_back(client, parts):
    define(parts)
    ada = Account(parts, "ada")
    ada.play()
    assert ada.http.get("/v1/me").json["data"]["listed"] is True

    assert ada.http.patch("/v1/me", json={"listed": False}).json["data"]["listed"] is False

    assert rows(client, "main") == []
    assert client.get("/v1/admin/players?state=unlisted").json["data"][0]["id"] == ada.id
    assert ada.http.get("/v1/me").json["data"]["listed"] is False
    ada.http.patch("/v1/me", json={"listed": True})
    assert rows(client, "main") == [(ada.id, 10)]
    check_consistency(parts)


def test_an_entry_of_a_merged_guest_counts_for_the_account_and_can_be_reversed(client, parts):
    define(parts)
    ada, guest = Account(parts, "ada"), Player(parts)
    ada.play()
    guest.play()
    (one,) = entry_ids(client, player=guest.id)
    assert ada.merge(guest).status_code == 200

    answer = decide(client, "reverse", one)

    assert answer["standings"][0]["player"] == ada.id
    assert rows(client, "main") == [(ada.id, 10)]
    check_consistency(parts)
    undo(client, answer["decision"]["id"])
    assert rows(client, "main") == [(ada.id, 20)]
    check_consistency(parts)


def test_a_guest_whose_entry_is_reversed_gives_the_account_only_what_counts(client, parts):
    define(parts)
    ada, guest = Account(parts, "ada"), Player(parts)
    guest.play()
    guest.play()
    decision = decide(client, "reverse", entry_ids(client, player=guest.id)[0])["decision"]["id"]

    assert ada.merge(guest).status_code == 200

    assert rows(client, "main") == [(ada.id, 10)]
    undo(client, decision)
    assert rows(client, "main") == [(ada.id, 20)]
    check_consistency(parts)
