"""Profiles of players, over HTTP and on both databases."""

from __future__ import annotations

import pytest


def define(client, board, **definition):
    assert client.put(f"/v1/admin/boards/{board}", json=definition).status_code in (200, 201)


def submit(client, board, **scores):
    entries = [{"player": player, "score": score} for player, score in scores.items()]
    answer = client.post(f"/v1/boards/{board}/scores", json={"entries": entries})
    assert answer.json["data"]["rejected"] == []


def profile(client, player):
    answer = client.get(f"/v1/players/{player}", headers={"Authorization": ""})
    assert answer.status_code == 200
    return answer.json["data"]


def on(client, board, player):
    (found,) = [one for one in profile(client, player)["boards"] if one["board"] == board]
    return found


def brief(results):
    return [(one["id"], one["rank"], one["total"], one["score"]) for one in results]


def test_a_profile_has_the_name_and_the_ranks_on_all_public_boards(client):
    define(client, "league", title="League")
    define(client, "other")
    define(client, "secret", public=False)
    client.post(
        "/v1/boards/main/scores",
        json={
            "entries": [{"player": "ada", "displayName": "Ada", "score": 5}, {"player": "bob", "score": 9}]
        },
    )
    submit(client, "league", ada=7)
    submit(client, "other", bob=1)
    submit(client, "secret", ada=1)

    shown = profile(client, "ada")

    assert shown["player"] == {"id": "ada", "displayName": "Ada"}
    assert [(one["board"], one["title"], brief(one["current"])) for one in shown["boards"]] == [
        ("league", "League", [("all", 1, 1, 7)]),
        ("main", "Main board", [("all", 2, 2, 5)]),
    ]


@pytest.mark.parametrize("player", ["nobody", "hidden", "no spaces", "%00", "-", "x" * 65])
def test_a_player_that_no_public_board_shows_has_no_profile(client, player):
    define(client, "secret", public=False)
    submit(client, "secret", hidden=1)

    answer = client.get(f"/v1/players/{player}")

    assert answer.status_code == 404
    assert answer.json["code"] == "player_not_listed"


def test_a_guest_that_never_scored_has_no_profile(client):
    guest = client.post("/v1/auth/guest", json={"displayName": "Ada"}).json["data"]["player"]["id"]

    assert client.get(f"/v1/players/{guest}").status_code == 404


def test_periods_that_are_over_are_listed_newest_first_and_the_best_is_named(client, clock):
    define(client, "cup", period="daily", windows=["all"], operator="best")
    days = []
    for score in (3, 8, 5):
        submit(client, "cup", ada=score, bob=6)
        days.append(client.get("/v1/boards/cup").json["data"]["currentPeriod"]["id"])
        clock.advance(days=1)
    submit(client, "cup", ada=4)
    today = client.get("/v1/boards/cup").json["data"]["currentPeriod"]["id"]

    found = on(client, "cup", "ada")

    assert brief(found["current"]) == [(today, 1, 1, 4), ("all", 1, 2, 8)]
    assert brief(found["past"]) == [(days[2], 2, 2, 5), (days[1], 1, 2, 8), (days[0], 2, 2, 3)]
    assert brief([found["best"]]) == [(days[1], 1, 2, 8)]


def test_the_best_result_is_the_least_where_less_is_better(client, clock):
    define(client, "laps", period="daily", order="asc", operator="best")
    for score in (30, 10, 20):
        submit(client, "laps", ada=score)
        clock.advance(days=1)

    found = on(client, "laps", "ada")

    assert found["current"] == []
    assert found["best"]["score"] == 10


def test_only_the_last_five_periods_are_listed(client, clock):
    define(client, "cup", period="daily")
    for score in range(1, 8):
        submit(client, "cup", ada=score)
        clock.advance(days=1)

    assert [one["score"] for one in on(client, "cup", "ada")["past"]] == [7, 6, 5, 4, 3]


def test_parameters_are_refused(client):
    assert client.get("/v1/players/ada?period=all").json["code"] == "validation_failed"
