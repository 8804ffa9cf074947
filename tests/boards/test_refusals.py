"""The refusals of reads."""

from __future__ import annotations

import pytest

from tests.boards.calls import put, refusal

pytestmark = pytest.mark.one_database

ENTRIES = [
    "limit=0",
    "limit=1001",
    "limit=ten",
    "offset=-1",
    "offset=99999999999999999999",
    "limt=5",
    "limit=5&limit=6",
    "players=a,b c",
    "players=" + ",".join(f"p{n}" for n in range(101)),
]
RANK_FOR = [
    "",
    "score=",
    "score=high",
    "score=1.5",
    "score=1_000",
    "score=9007199254740992",
    "score=1&wins=2",
    "score=1&score=2",
    "score=" + "9" * 5000,
]


@pytest.mark.parametrize("query", ENTRIES)
def test_an_invalid_query_is_refused(client, query):
    answer = client.get(f"/v1/boards/main/entries?{query}")

    assert refusal(answer) == (400, "validation_failed")
    assert answer.json["errors"][0]["field"] == ("query" if "limt" in query else query.split("=")[0])


@pytest.mark.parametrize("query", RANK_FOR)
def test_a_rank_for_no_score_is_refused(client, query):
    answer = client.get(f"/v1/boards/main/rank-for?{query}")

    assert refusal(answer) == (400, "validation_failed")
    assert answer.json["errors"][0]["field"] == ("wins" if "wins" in query else "score")


@pytest.mark.parametrize(
    "path",
    [
        "boards?x=1",
        "boards/main?x=1",
        "leaderboard?limit=5",
        "boards/main/entries/ada?limit=5",
        "boards/main/entries/ada/around?radius=101",
        "boards/main/entries/ada/around?radius=-1",
        "boards/main/periods?limit=0",
        "boards/main/periods?cursor=x",
        "boards/main/entries/no spaces",
    ],
)
def test_every_read_refuses_unknown_parameters(client, path):
    assert refusal(client.get(f"/v1/{path}")) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("boards/none", "board_not_found"),
        ("boards/none/entries", "board_not_found"),
        ("boards/none/rank-for?score=1", "board_not_found"),
        ("boards/none/periods", "board_not_found"),
        ("boards/%00", "board_not_found"),
        ("boards/%ff", "board_not_found"),
        ("boards/main/entries?period=2026-01-01", "period_not_found"),
        ("boards/main/entries?period=previous", "period_not_found"),
        ("boards/main/entries?period=daily", "period_not_found"),
        ("boards/main/entries?period=%00", "period_not_found"),
        ("boards/main/entries?region=eu", "region_not_found"),
        ("boards/main/rank-for?score=1&region=eu", "region_not_found"),
        ("boards/main/entries/ada", "not_ranked"),
        ("boards/main/entries/ada/history", "not_found"),
        ("boards/main/", "not_found"),
        ("nothing", "not_found"),
    ],
)
def test_the_code_names_the_missing_thing(client, path, code):
    assert refusal(client.get(f"/v1/{path}")) == (404, code)


def test_a_private_board_is_not_listed(client):
    put(client, "secret", public=False)

    assert [board["id"] for board in client.get("/v1/boards").json["data"]] == ["main"]
