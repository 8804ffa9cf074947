"""Every read shows the same rank."""

from __future__ import annotations

import pytest

from tests.boards.calls import list_entries, put, ranks, score, submit

TIES = {"ordinal": [1, 2, 3, 4, 5], "competition": [1, 2, 2, 2, 5], "dense": [1, 2, 2, 2, 3]}


@pytest.mark.parametrize(("ties", "expected"), TIES.items(), ids=TIES)
def test_a_rank_is_the_same_in_the_list_around_by_player_and_in_the_report(client, redis, ties, expected):
    put(client, "cup", ties=ties)
    scores = dict(zip("abcde", [9, 5, 5, 5, 1], strict=True))
    score(client, "cup", **scores)
    report = submit(client, "cup", *({"player": player, "score": 0} for player in scores))

    for _ in ("shown by Redis", "read from SQL"):
        assert ranks(client, "cup") == dict(zip("abcde", expected, strict=True))
        assert ranks(client, "cup", players="a,b,c,d,e") == ranks(client, "cup")
        for player, rank in ranks(client, "cup").items():
            path = f"/v1/boards/cup/entries/{player}"
            assert client.get(path).json["data"]["rank"] == rank
            around = client.get(f"{path}/around").json["data"]["entries"]
            assert {row["player"]["id"]: row["rank"] for row in around}[player] == rank
        redis.flushall()
    assert [one["rank"] for one in report["standings"]] == expected


@pytest.mark.parametrize("ties", TIES)
def test_the_rank_that_a_score_would_have_is_the_one_it_gets(client, ties):
    for order in ("desc", "asc"):
        put(client, order, ties=ties, order=order)
        score(client, order, a=9, b=5, c=5, d=5, e=1, f=-3)
        for number, amount in enumerate((10, 9, 5, 3, -3, -4)):
            shown = client.get(f"/v1/boards/{order}/rank-for?score={amount}").json["data"]
            (standing,) = submit(client, order, {"player": f"n{number}", "score": amount})["standings"]
            assert shown["rank"] == standing["rank"]
            assert shown["total"] + 1 == list_entries(client, order)["total"]


@pytest.mark.parametrize("ties", TIES)
def test_sql_and_redis_agree_on_the_rank_that_a_score_would_have(client, redis, ties):
    put(client, "cup", ties=ties, columns=[{"name": "wins"}])
    for player, amount, wins in (("a", 5, 2), ("b", 5, 2), ("c", 5, 1), ("d", 3, 9)):
        submit(client, "cup", {"player": player, "score": amount, "columns": {"wins": wins}})
    queries = ["score=5&wins=2", "score=5&wins=1", "score=5", "score=4&wins=99", "score=0", "score=6"]

    def ranks_for():
        return [client.get(f"/v1/boards/cup/rank-for?{one}").json["data"]["rank"] for one in queries]

    from_redis = ranks_for()
    redis.flushall()

    assert ranks_for() == from_redis


def test_on_an_empty_board_any_score_would_be_first(client):
    shown = client.get("/v1/boards/main/rank-for?score=0").json["data"]

    assert (shown["rank"], shown["total"]) == (1, 0)


def test_the_percentile_is_the_percentage_of_others_who_are_level_or_behind(client):
    put(client, "cup", ties="competition")
    score(client, "cup", a=9, b=5, c=5, d=1, e=0)

    found = {row["player"]["id"]: row["percentile"] for row in list_entries(client, "cup")["entries"]}

    assert found == {"a": 100.0, "b": 75.0, "c": 75.0, "d": 25.0, "e": 0.0}


def test_tie_breaking_columns_decide_between_equal_scores(client):
    put(client, "cup", ties="competition", columns=[{"name": "wins"}, {"name": "faults", "order": "asc"}])
    rows = {"a": (2, 5), "b": (3, 9), "c": (3, 1), "d": (3, 1)}
    for player, (wins, faults) in rows.items():
        submit(client, "cup", {"player": player, "score": 7, "columns": {"wins": wins, "faults": faults}})

    assert ranks(client, "cup") == {"c": 1, "d": 1, "b": 3, "a": 4}


def test_the_first_player_to_reach_a_score_is_ahead_and_stays_so(client, clock):
    put(client, "cup", operator="best")
    score(client, "cup", late=1, early=5)
    clock.advance(seconds=5)
    score(client, "cup", late=5)
    clock.advance(seconds=5)
    score(client, "cup", early=5)

    assert ranks(client, "cup") == {"early": 1, "late": 2}


def test_the_previous_rank_is_the_one_before_the_submission(client):
    score(client, "main", a=5, b=4, c=3)

    (standing,) = submit(client, "main", {"player": "c", "score": 3})["standings"]

    assert (standing["previousRank"], standing["rank"], standing["score"]) == (3, 1, 6)
