"""From a server's score to all ranks."""

from __future__ import annotations


def submit(client, board, *entries, **headers):
    answer = client.post(f"/v1/boards/{board}/scores", json={"entries": list(entries)}, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def rows_of(client, board, **query):
    answer = client.get(f"/v1/boards/{board}/entries", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]["entries"]


def test_a_score_is_on_the_board_with_its_rank(client):
    report = submit(
        client, "main", {"player": "ada", "displayName": "Ada", "score": 10}, {"player": "bob", "score": 12}
    )

    rows = rows_of(client, "main")

    assert report["accepted"] == 2
    assert [(one["player"], one["rank"], one["previousRank"]) for one in report["standings"]] == [
        ("ada", 2, None),
        ("bob", 1, None),
    ]
    assert [(row["rank"], row["player"]["displayName"], row["score"]) for row in rows] == [
        (1, "bob", 12),
        (2, "Ada", 10),
    ]


def test_one_bad_entry_fails_alone(client):
    report = submit(client, "main", {"player": "ada", "score": 1}, {"player": "no spaces", "score": 1})

    assert (report["accepted"], len(report["rejected"])) == (1, 1)
    assert report["rejected"][0]["index"] == 1
    assert report["rejected"][0]["code"] == "validation_failed"


def test_an_entry_sent_again_counts_once(client):
    entry = {"player": "ada", "score": 5, "idempotencyKey": "match-1"}

    first = submit(client, "main", entry)
    again = submit(client, "main", entry)

    assert (first["accepted"], first["replayed"]) == (1, 0)
    assert (again["accepted"], again["replayed"]) == (0, 1)
    assert rows_of(client, "main")[0]["score"] == 5


def test_a_key_used_for_another_score_is_refused(client):
    submit(client, "main", {"player": "ada", "score": 5, "idempotencyKey": "match-1"})

    report = submit(client, "main", {"player": "ada", "score": 6, "idempotencyKey": "match-1"})

    assert report["rejected"][0]["code"] == "idempotency_key_reused"
    assert rows_of(client, "main")[0]["score"] == 5


def test_redis_and_sql_list_the_same_rows(client, parts, redis):
    for score in range(30):
        submit(client, "main", {"player": f"p{score}", "score": score % 7})

    from_redis = rows_of(client, "main", limit=30)
    redis.flushall()
    from_sql = rows_of(client, "main", limit=30)

    assert from_redis == from_sql


def test_a_first_display_name_is_seen_on_every_board_at_once(client):
    client.put("/v1/admin/boards/other", json={})
    for board in ("main", "other"):
        submit(client, board, {"player": "ada", "score": 1})
    before = client.get("/v1/boards/other/entries")

    submit(client, "main", {"player": "ada", "displayName": "Ada", "score": 0})

    after = client.get("/v1/boards/other/entries", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert rows_of(client, "other")[0]["player"]["displayName"] == "Ada"
