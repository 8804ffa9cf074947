"""Completing actions: what counts, once, and what is answered."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define, proof
from tests.boards.calls import put


def test_a_completed_action_is_worth_its_points(ada):
    receipt = ada.play()

    assert receipt["increment"] == receipt["newScore"] == 10
    assert receipt["actionType"] == "jump"
    assert receipt["rank"] == 1
    assert receipt["replayed"] is False
    assert "degraded" not in receipt
    (standing,) = receipt["standings"]
    assert standing == {
        "board": "main",
        "period": "all",
        "region": None,
        "score": 10,
        "rank": 1,
        "previousRank": None,
        "version": standing["version"],
    }


def test_the_board_shows_what_the_receipt_says(ada):
    ada.play()
    receipt = ada.play()

    entry = ada.http.get(f"/v1/boards/main/entries/{ada.id}").json["data"]

    assert (entry["score"], entry["rank"]) == (receipt["newScore"], receipt["rank"]) == (20, 1)
    assert entry["player"]["displayName"] == "Ada"


def test_overtaking_is_told(ada, parts):
    bob = Player(parts, displayName="Bob")
    bob.play()
    ada.play()

    receipt = ada.play()

    assert (receipt["standings"][0]["previousRank"], receipt["rank"]) == (2, 1)


def test_completing_again_gives_the_stored_answer(ada, parts):
    asked = ada.request()
    first = ada.complete(asked)
    Player(parts).play()
    Player(parts).play("jump")

    again = ada.complete(asked)

    assert again.status_code == 200
    assert again.json["data"] == first.json["data"] | {"replayed": True}


def test_the_stored_answer_keeps_its_ranks_in_another_process(ada, parts, make_parts, database_url):
    bob = Player(parts)
    bob.play()
    asked = ada.request()
    ada.complete(ada.request())
    first = ada.complete(asked).json["data"]
    bob.play()
    bob.play()
    other = Player(make_parts(database_url))
    other.take(ada.session)

    assert other.complete(asked).json["data"] == first | {"replayed": True}
    assert (first["rank"], first["standings"][0]["previousRank"]) == (1, 2)


def test_the_stored_answer_is_given_after_the_token_expired(ada, clock):
    asked = ada.request()
    first = ada.complete(asked).json["data"]
    clock.advance(seconds=600)

    assert ada.complete(asked).json["data"] == first | {"replayed": True}


def test_another_claim_for_a_completed_token_is_refused(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10})
    asked = ada.request("shoot")
    ada.complete(asked, 3)

    other = ada.complete(asked, 4)

    assert (other.status_code, other.json["code"]) == (409, "token_already_used")


def test_another_claim_is_refused_after_the_token_expired_too(ada, parts, clock):
    define(parts, "shoot", points={"min": 1, "max": 10})
    asked = ada.request("shoot")
    ada.complete(asked, 3)
    clock.advance(seconds=600)

    assert ada.complete(asked, 4).json["code"] == "token_already_used"


def test_a_client_says_how_many_points_where_it_may(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10})

    assert ada.request("shoot")["points"] == {"min": 1, "max": 10}
    assert ada.play("shoot", 7)["increment"] == 7


def test_one_action_feeds_all_its_boards(ada, parts):
    board = {"windows": ["daily"], "regions": ["eu"]}
    parts.boards.admin.define("second", board, context={})
    define(parts, "jump", boards=["main", "second"])
    eve = Player(parts, region="eu")

    receipt = eve.play()

    where = [(one["board"], one["period"], one["region"], one["score"]) for one in receipt["standings"]]
    assert where == [
        ("main", "all", None, 10),
        ("second", "all", None, 10),
        ("second", "all", "eu", 10),
        ("second", "2026-01-01", None, 10),
        ("second", "2026-01-01", "eu", 10),
    ]
    assert parts.boards.verifier.run() == []


def test_a_board_keeps_its_own_operator(ada, parts):
    parts.boards.admin.define("fastest", {"operator": "best", "order": "asc"}, context={})
    define(parts, "lap", boards=["fastest"], points={"min": 0, "max": 100_000})
    ada.play("lap", 900)
    ada.play("lap", 700)

    receipt = ada.play("lap", 800)

    assert (receipt["increment"], receipt["newScore"]) == (800, 700)


def test_boards_are_refolded_from_actions_too(ada, parts):
    parts.boards.admin.define("second", {}, context={})
    define(parts, "jump", boards=["main", "second"])
    Player(parts).play()
    ada.play()
    ada.play()

    parts.boards.admin.define("second", {"order": "asc"}, context={})
    parts.followers.catch_up("boards")

    entries = ada.http.get("/v1/boards/second/entries").json["data"]["entries"]
    assert [entry["score"] for entry in entries] == [10, 20]
    assert parts.boards.verifier.run() == []


@pytest.mark.parametrize("seconds", [1, 300, 86_399])
def test_an_offline_action_may_arrive_within_a_day(ada, parts, clock, seconds):
    define(parts, "away", offline=True, maxSeconds=60)
    asked = ada.request("away")
    clock.advance(seconds=seconds)
    ada.renew()

    assert ada.complete(asked).status_code == 200

    (line,) = [one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action"]
    assert line.fact.data.get("late", False) == (seconds > 60)
    assert line.fact.data["tookMs"] == seconds * 1000


def test_the_terms_of_a_token_stay_as_they_were_issued(ada, parts):
    asked = ada.request()
    define(parts, "jump", points=50)

    assert ada.complete(asked).json["data"]["increment"] == 10
    assert ada.play()["increment"] == 50


def test_a_deleted_type_can_still_be_completed(ada, parts):
    asked = ada.request()
    parts.actions.type_admin.delete("jump", context={})

    assert ada.complete(asked).status_code == 200


def test_the_result_is_kept_for_those_who_verify(ada, parts):
    asked = ada.request()
    ada.send({"actionToken": asked["actionToken"], "proof": proof(asked, result="left, right")})

    (line,) = [one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action"]
    assert line.fact.data["result"] == "left, right"


@pytest.mark.parametrize(
    ("boards", "shown", "rank"), [(["hidden", "main"], ["main"], 1), (["hidden"], [], None)]
)
def test_private_boards_are_fed_and_not_told_of(ada, client, parts, boards, shown, rank):
    put(client, "hidden", public=False)
    define(parts, "secretly", boards=boards)

    receipt = ada.play("secretly")

    again = ada.complete(ada.request("secretly"))
    assert [one["board"] for one in receipt["standings"]] == shown
    assert receipt["rank"] == rank
    assert "hidden" not in again.text
    assert client.get(f"/v1/boards/hidden/entries/{ada.id}").json["data"]["score"] == 20
