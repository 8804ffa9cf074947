"""Entries that servers send: each is checked on its own, and counts at most once."""

from __future__ import annotations

from tests.boards.calls import list_entries, players, put, ranks, refusal, submit

SAFE = 2**53 - 1


def send(client, *entries, key=None):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/boards/main/scores", json={"entries": list(entries)}, headers=headers)


def test_a_request_sent_again_with_its_key_gets_its_first_answer(client):
    entries = [{"player": "ada", "score": 5}, {"player": "no spaces", "score": 1}]

    first = send(client, *entries, key="round-1")
    again = send(client, *entries, key="round-1")

    assert again.data == first.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert list_entries(client, "main")["entries"][0]["score"] == 5


def test_a_key_sent_with_another_body_is_refused(client):
    send(client, {"player": "ada", "score": 5}, key="round-1")

    answer = send(client, {"player": "ada", "score": 6}, key="round-1")

    assert refusal(answer) == (422, "idempotency_key_reused")
    assert list_entries(client, "main")["entries"][0]["score"] == 5


def test_a_key_sent_to_another_board_is_refused(client):
    put(client, "other")
    send(client, {"player": "ada", "score": 5}, key="round-1")

    answer = client.post(
        "/v1/boards/other/scores",
        json={"entries": [{"player": "ada", "score": 5}]},
        headers={"Idempotency-Key": "round-1"},
    )

    assert refusal(answer) == (422, "idempotency_key_reused")


def test_two_callers_may_use_the_same_key(client, parts):
    _, secret = parts.accounts.keys.create("another game", ["scores:write"])
    send(client, {"player": "ada", "score": 5}, key="round-1")

    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    answer = send(client, {"player": "ada", "score": 7}, key="round-1")

    assert answer.json["data"]["accepted"] == 1
    assert list_entries(client, "main")["entries"][0]["score"] == 12


def test_a_request_whose_answer_is_not_stored_counts_once_too(client, parts):
    entries = [{"player": "ada", "score": 5}, {"player": "bob", "score": 3}]
    send(client, *entries, key="round-1")
    parts.base.clock.advance(days=8)
    parts.base.answers.forget_old()

    again = send(client, *entries, key="round-1")

    assert (again.json["data"]["accepted"], again.json["data"]["replayed"]) == (0, 2)
    assert list_entries(client, "main")["entries"][0]["score"] == 5


def test_an_invalid_idempotency_key_is_refused(client):
    for key in ("", "x" * 129, "tab\there", "ümlaut"):
        answer = client.post(
            "/v1/boards/main/scores",
            json={"entries": [{"player": "ada", "score": 5}]},
            headers={"Idempotency-Key": key},
        )
        assert refusal(answer) == (400, "validation_failed")
        assert answer.json["errors"][0]["field"] == "Idempotency-Key"


def test_an_entry_that_is_twice_in_a_request_counts_once(client):
    entry = {"player": "ada", "score": 5, "idempotencyKey": "match-1"}

    report = submit(client, "main", entry, entry, {**entry, "score": 6})

    assert (report["accepted"], report["replayed"]) == (1, 1)
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(2, "idempotency_key_reused")]


def test_a_thousand_entries_are_taken_at_once_and_one_more_is_too_many(client):
    entries = [{"player": f"p{n}", "score": n} for n in range(1000)]

    report = submit(client, "main", *entries)
    answer = send(client, *entries, {"player": "ada", "score": 1})

    assert (report["accepted"], len(report["standings"])) == (1000, 1000)
    assert all(one["rank"] == 1000 - index for index, one in enumerate(report["standings"]))
    assert refusal(answer) == (400, "validation_failed")
    assert list_entries(client, "main")["total"] == 1000


def test_a_request_without_entries_is_refused(client):
    assert refusal(send(client)) == (400, "validation_failed")


def test_scores_for_an_unknown_board_are_refused(client):
    answer = client.post("/v1/boards/none/scores", json={"entries": [{"player": "ada", "score": 1}]})

    assert refusal(answer) == (404, "board_not_found")


def test_players_who_moved_in_one_request_are_ranked_after_all_of_it(client):
    report = submit(client, "main", *({"player": p, "score": s} for p, s in (("a", 1), ("b", 2), ("a", 5))))

    found = {one["player"]: (one["score"], one["rank"]) for one in report["standings"]}

    assert found == {"a": (6, 1), "b": (2, 2)}
    assert ranks(client, "main") == {"a": 1, "b": 2}


def test_an_entry_may_name_its_own_operator(client):
    submit(client, "main", {"player": "ada", "score": 10})
    scores = [("decrement", 3, 7), ("best", 5, 7), ("best", 9, 9), ("set", 2, 2), ("increment", 1, 3)]

    for operator, amount, score in scores:
        report = submit(client, "main", {"player": "ada", "score": amount, "operator": operator})
        assert report["standings"][0]["score"] == score


def test_a_score_that_would_leave_the_range_of_exact_numbers_changes_nothing(client):
    submit(client, "main", {"player": "ada", "score": SAFE})

    report = submit(client, "main", {"player": "ada", "score": 1}, {"player": "bob", "score": -SAFE})

    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(0, "score_out_of_range")]
    assert [row["score"] for row in list_entries(client, "main")["entries"]] == [SAFE, -SAFE]


def test_a_refused_entry_leaves_no_window_changed(client):
    put(client, "cup", windows=["daily"], maxScore=10)
    submit(client, "cup", {"player": "ada", "score": 8, "occurredAt": "2025-12-31T12:00:00Z"})

    report = submit(client, "cup", {"player": "ada", "score": 5})

    assert [one["code"] for one in report["rejected"]] == ["score_out_of_range"]
    assert players(client, "cup", period="daily") == []


def test_a_score_counts_from_when_it_occurred(client):
    submit(client, "main", {"player": "late", "score": 5, "occurredAt": "2025-12-31T23:00:00Z"})
    submit(client, "main", {"player": "early", "score": 5, "occurredAt": "2025-12-31T22:00:00+02:00"})

    assert players(client, "main") == ["early", "late"]
