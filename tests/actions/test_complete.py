"""Completing actions: each counts once, and its receipt stays the same."""

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


def test_the_receipt_has_the_rank_before(ada, parts):
    bob = Player(parts, displayName="Bob")
    bob.play()
    ada.play()

    receipt = ada.play()

    assert (receipt["standings"][0]["previousRank"], receipt["rank"]) == (2, 1)


def test_completing_again_returns_the_stored_receipt(ada, parts):
    issued_token = ada.request()
    first = ada.complete(issued_token)
    Player(parts).play()
    Player(parts).play("jump")

    again = ada.complete(issued_token)

    assert again.status_code == 200
    assert again.json["data"] == first.json["data"] | {"replayed": True}


def test_the_stored_receipt_keeps_its_ranks_in_another_process(ada, parts, make_parts, database_url):
    bob = Player(parts)
    bob.play()
    issued_token = ada.request()
    ada.complete(ada.request())
    first = ada.complete(issued_token).json["data"]
    bob.play()
    bob.play()
    other = Player(make_parts(database_url))
    other.take(ada.session)

    assert other.complete(issued_token).json["data"] == first | {"replayed": True}
    assert (first["rank"], first["standings"][0]["previousRank"]) == (1, 2)


def test_the_stored_receipt_is_returned_after_the_token_expired(ada, clock):
    issued_token = ada.request()
    first = ada.complete(issued_token).json["data"]
    clock.advance(seconds=600)

    assert ada.complete(issued_token).json["data"] == first | {"replayed": True}


def test_another_claim_for_a_completed_token_is_refused(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10})
    issued_token = ada.request("shoot")
    ada.complete(issued_token, 3)

    other = ada.complete(issued_token, 4)

    assert (other.status_code, other.json["code"]) == (409, "token_already_used")


def test_another_claim_is_refused_after_the_token_expired_too(ada, parts, clock):
    define(parts, "shoot", points={"min": 1, "max": 10})
    issued_token = ada.request("shoot")
    ada.complete(issued_token, 3)
    clock.advance(seconds=600)

    assert ada.complete(issued_token, 4).json["code"] == "token_already_used"


def test_a_client_claims_points_within_the_range(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10})

    assert ada.request("shoot")["points"] == {"min": 1, "max": 10}
    assert ada.play("shoot", 7)["increment"] == 7


def test_one_action_feeds_all_its_boards(ada, parts):
    board = {"windows": ["daily"], "regions": ["eu"]}
    parts.boards.admin.define("second", board, context={})
    define(parts, "jump", boards=["main", "second"])
    eve = Player(parts, region="eu")

    receipt = eve.play()

    standings = [(one["board"], one["period"], one["region"], one["score"]) for one in receipt["standings"]]
    assert standings == [
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


def test_boards_are_folded_again_from_actions_too(ada, parts):
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
    issued_token = ada.request("away")
    clock.advance(seconds=seconds)
    ada.renew()

    assert ada.complete(issued_token).status_code == 200

    (line,) = [one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action"]
    assert line.fact.data.get("late", False) == (seconds > 60)
    assert line.fact.data["tookMs"] == seconds * 1000


def test_the_terms_of_a_token_stay_as_they_were_issued(ada, parts):
    issued_token = ada.request()
    define(parts, "jump", points=50)

    assert ada.complete(issued_token).json["data"]["increment"] == 10
    assert ada.play()["increment"] == 50


def test_a_deleted_type_can_still_be_completed(ada, parts):
    issued_token = ada.request()
    parts.actions.type_admin.delete("jump", context={})

    assert ada.complete(issued_token).status_code == 200


def test_the_result_is_in_the_journal_for_later_checks(ada, parts):
    issued_token = ada.request()
    ada.send({"actionToken": issued_token["actionToken"], "proof": proof(issued_token, result="left, right")})

    (line,) = [one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action"]
    assert line.fact.data["result"] == "left, right"


@pytest.mark.parametrize(
    ("boards", "visible_boards", "rank"), [(["private", "main"], ["main"], 1), (["private"], [], None)]
)
def test_receipts_do_not_show_private_boards(ada, client, parts, boards, visible_boards, rank):
    put(client, "private", public=False)
    define(parts, "secretly", boards=boards)

    receipt = ada.play("secretly")

    again = ada.complete(ada.request("secretly"))
    assert [one["board"] for one in receipt["standings"]] == visible_boards
    assert receipt["rank"] == rank
    assert "private" not in again.text
    assert client.get(f"/v1/boards/private/entries/{ada.id}").json["data"]["score"] == 20
