"""Listing a board: pages, offsets, players, and the rows around one."""

from __future__ import annotations

from tests.boards.calls import list_entries, pages, players, put, ranks, refusal, score, submit


def test_pages_cover_every_row_exactly_once(client):
    submit(client, "main", *({"player": f"p{n:02}", "score": n % 5} for n in range(23)))

    found = list(pages(client, "main", limit=4))

    assert [len(page) for page in found] == [4, 4, 4, 4, 4, 3]
    assert [row["rank"] for page in found for row in page] == list(range(1, 24))
    assert len({row["player"]["id"] for page in found for row in page}) == 23


def test_scores_between_two_pages_neither_repeat_nor_hide_players_who_did_not_move(client):
    submit(client, "main", *({"player": f"p{n}", "score": 100 - n} for n in range(9)))
    reading = pages(client, "main", limit=3)
    first = next(reading)
    score(client, "main", newcomer=1000, p8=500)

    rest = [row["player"]["id"] for page in reading for row in page]

    assert [row["player"]["id"] for row in first] == ["p0", "p1", "p2"]
    assert rest == ["p3", "p4", "p5", "p6", "p7"]


def test_later_pages_rank_rows_as_the_board_stands_then(client):
    score(client, "main", a=5, b=4, c=3, d=2)
    reading = pages(client, "main", limit=2)
    next(reading)
    score(client, "main", newcomer=9)

    assert [row["rank"] for row in next(reading)] == [4, 5]


def test_paging_continues_when_redis_is_emptied_between_two_pages(client, redis):
    score(client, "main", a=5, b=4, c=3, d=2, e=1)
    reading = pages(client, "main", limit=2)
    next(reading)
    redis.flushall()

    assert [row["player"]["id"] for page in reading for row in page] == ["c", "d", "e"]


def test_pages_of_a_region_stay_in_the_region(client):
    put(client, "cup", regions=["eu", "na"])
    for number in range(5):
        submit(client, "cup", {"player": f"e{number}", "score": 9 - number, "region": "eu"})
        submit(client, "cup", {"player": f"n{number}", "score": 9 - number, "region": "na"})

    found = [row for page in pages(client, "cup", region="eu", limit=2) for row in page]

    assert [(row["rank"], row["player"]["id"]) for row in found] == [(n + 1, f"e{n}") for n in range(5)]
    assert list_entries(client, "cup")["total"] == 10


def test_an_offset_jumps_to_a_rank(client):
    score(client, "main", a=5, b=4, c=3, d=2)

    assert players(client, "main", offset=2, limit=1) == ["c"]
    assert players(client, "main", offset=4) == []
    assert players(client, "main", offset=2**53) == []


def test_a_page_may_have_1_to_1000_rows(client):
    assert [list_entries(client, "main", limit=limit)["total"] for limit in (1, 1000)] == [0, 0]


def test_a_cursor_of_another_board_is_refused(client):
    put(client, "other")
    score(client, "main", a=2, b=1)
    cursor = client.get("/v1/boards/main/entries?limit=1").json["page"]["next"]

    assert refusal(client.get(f"/v1/boards/other/entries?cursor={cursor}")) == (400, "invalid_cursor")
    assert refusal(client.get(f"/v1/boards/main/entries?cursor={cursor}&period=all")) == (
        400,
        "invalid_cursor",
    )


def test_named_players_come_with_their_global_ranks_best_first(client):
    score(client, "main", a=5, b=4, c=3, d=2)

    assert ranks(client, "main", players="d,nobody,b,d") == {"b": 2, "d": 4}


def test_one_player_is_shown_with_all_fields(client, clock):
    entry = {"player": "ada", "displayName": "Ada", "score": 5, "metadata": {"level": 3, "tags": ["a", None]}}
    submit(client, "main", entry)
    score(client, "main", bob=7)

    row = client.get("/v1/boards/main/entries/ada").json["data"]

    assert row == {
        "rank": 2,
        "player": {"id": "ada", "displayName": "Ada"},
        "score": 5,
        "columns": {},
        "reachedAt": "2026-01-01T00:00:00.000Z",
        "metadata": {"level": 3, "tags": ["a", None]},
        "percentile": 0.0,
    }


def test_the_rows_around_a_player_end_where_the_board_does(client, redis):
    submit(client, "main", *({"player": f"p{n}", "score": 9 - n} for n in range(9)))
    expected = {0: range(3), 1: range(4), 4: range(2, 7), 8: range(6, 9)}

    for _ in ("shown by Redis", "read from SQL"):
        for number, around in expected.items():
            answer = client.get(f"/v1/boards/main/entries/p{number}/around?radius=2")
            rows = answer.json["data"]["entries"]
            assert [row["player"]["id"] for row in rows] == [f"p{n}" for n in around]
            assert [row["rank"] for row in rows] == [n + 1 for n in around]
        redis.flushall()


def test_a_radius_of_zero_is_the_player_alone(client):
    score(client, "main", a=2, b=1)

    answer = client.get("/v1/boards/main/entries/b/around?radius=0")

    assert [row["player"]["id"] for row in answer.json["data"]["entries"]] == ["b"]


def test_an_unranked_player_is_404_not_ranked(client):
    assert refusal(client.get("/v1/boards/main/entries/nobody")) == (404, "not_ranked")
    assert refusal(client.get("/v1/boards/main/entries/nobody/around")) == (404, "not_ranked")


def test_the_default_board_shows_its_top_ten(client):
    submit(client, "main", *({"player": f"p{n:02}", "score": 99 - n} for n in range(12)))

    rows = client.get("/v1/leaderboard").json["data"]["entries"]

    assert [row["player"]["id"] for row in rows] == [f"p{n:02}" for n in range(10)]
