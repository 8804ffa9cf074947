"""Errors have one shape, and every answer the same headers."""

from __future__ import annotations

import gzip

import pytest

from tests.boards.calls import refusal, score

pytestmark = pytest.mark.one_database

JSON = {"Content-Type": "application/json"}
SCORES = "/v1/boards/main/scores"
BOARD = "/v1/admin/boards/main"


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/", "/v1/nothing", "/v1/boards/", "/V1/boards"])
def test_an_unknown_path_is_a_problem(client, path):
    assert refusal(client.get(path)) == (404, "not_found")


def test_a_method_that_a_path_does_not_have_is_a_problem(client):
    answer = client.delete("/v1/boards/main/entries")

    assert refusal(answer) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path", "limit"), [("PUT", BOARD, 64 * 1024), ("POST", SCORES, 1024 * 1024)]
)
def test_a_body_over_the_limit_of_its_route_is_a_problem(client, method, path, limit):
    fits = client.open(path, method=method, data=b" " * limit, headers=JSON)
    over = client.open(path, method=method, data=b" " * (limit + 1), headers=JSON)

    assert refusal(fits) == (400, "malformed_json")
    assert refusal(over) == (413, "body_too_large")


@pytest.mark.parametrize(("method", "path"), [("PUT", BOARD), ("POST", SCORES)])
@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_body_that_is_not_called_json_is_a_problem(client, method, path, kind):
    answer = client.open(path, method=method, data=b"{}", headers={"Content-Type": kind})

    assert refusal(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(("method", "path"), [("PUT", BOARD), ("POST", SCORES)])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "GZIP"])
def test_a_compressed_body_is_a_problem_that_names_the_header(client, method, path, encoding):
    headers = JSON | {"Content-Encoding": encoding}
    answer = client.open(path, method=method, data=gzip.compress(b"{}"), headers=headers)

    assert refusal(answer) == (415, "unsupported_content_encoding")
    assert f"Content-Encoding: {encoding}" in answer.json["detail"]
    assert answer.headers["Accept-Encoding"] == "identity"


def test_a_cache_buster_is_ignored(client):
    for query in ("_=1767225600000", "limit=1&_=1&_=2"):
        assert client.get(f"{SCORES.replace('scores', 'entries')}?{query}").status_code == 200


def test_json_may_say_its_character_set(client):
    answer = client.post(
        SCORES, data=b'{"entries": []}', headers={"Content-Type": "application/json; charset=utf-8"}
    )

    assert refusal(answer) == (400, "validation_failed")


@pytest.mark.parametrize(("method", "path"), [("PUT", BOARD), ("POST", SCORES)])
@pytest.mark.parametrize("data", [b"", b"{", b'{"entries": NaN}', b"\xff", b"[" * 50_000])
def test_a_body_that_is_not_json_is_a_problem(client, method, path, data):
    answer = client.open(path, method=method, data=data, headers=JSON)

    assert refusal(answer) == (400, "malformed_json")


@pytest.mark.parametrize(("method", "path"), [("PUT", BOARD), ("POST", SCORES)])
@pytest.mark.parametrize("data", [b"[1]", b"null", b"1", b'"text"'])
def test_a_body_that_is_not_an_object_is_a_problem(client, method, path, data):
    answer = client.open(path, method=method, data=data, headers=JSON)

    assert refusal(answer) == (400, "validation_failed")


def test_an_internal_error_reveals_no_details(client, parts, monkeypatch):
    monkeypatch.setattr(parts.boards.service, "all", lambda: 1 / 0)

    answer = client.get("/v1/boards")

    assert refusal(answer) == (500, "internal_error")
    assert b"division" not in answer.data
    assert b"Traceback" not in answer.data


@pytest.mark.parametrize("id", ["abc-123", "x" * 128])
def test_a_request_id_is_echoed(client, id):
    assert client.get("/healthz", headers={"X-Request-Id": id}).headers["X-Request-Id"] == id


@pytest.mark.parametrize("id", ["", "two words", "x" * 129, "ümlaut"])
def test_an_invalid_request_id_is_replaced(client, id):
    request_id = client.get("/healthz", headers={"X-Request-Id": id}).headers["X-Request-Id"]

    assert request_id not in ("", id)


def test_reads_may_be_embedded_anywhere_and_writes_nowhere(client):
    score(client, "main", ada=1)
    read = client.get("/v1/boards/main/entries", headers={"Origin": "https://fans.example"})
    preflight = client.options("/v1/boards/main/scores", headers={"Origin": "https://fans.example"})
    write = client.post(SCORES, json={"entries": []}, headers={"Origin": "https://fans.example"})

    assert read.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" not in preflight.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in write.headers


def test_an_answer_that_the_client_has_already_is_not_sent_again(client):
    score(client, "main", ada=1)
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    again = client.get(path, headers={"If-None-Match": tag})
    score(client, "main", ada=1)
    changed = client.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert changed.status_code == 200


def test_one_entry_has_a_tag_too(client):
    score(client, "main", ada=1)
    path = "/v1/boards/main/entries/ada"
    tag = client.get(path).headers["ETag"]

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    score(client, "main", bob=5)
    assert client.get(path, headers={"If-None-Match": tag}).json["data"]["rank"] == 2


def test_a_tag_does_not_outlive_a_change_of_the_boards_rules(client):
    score(client, "main", ada=1, bob=1)
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    client.put(BOARD, json={"ties": "dense"})

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_does_not_outlive_its_period_even_without_scores(client, clock):
    client.put("/v1/admin/boards/day", json={"period": "daily"})
    path = "/v1/boards/day/entries"
    tag = client.get(path).headers["ETag"]

    clock.advance(days=1)

    assert client.get(path, headers={"If-None-Match": tag}).json["data"]["period"] == "2026-01-02"


def test_a_tag_does_not_outlive_a_name(client):
    client.post(SCORES, json={"entries": [{"player": "ada", "displayName": "Ada", "score": 1}]})
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    client.post(SCORES, json={"entries": [{"player": "ada", "displayName": "Lovelace", "score": 0}]})

    row = client.get(path, headers={"If-None-Match": tag}).json["data"]["entries"][0]
    assert row["player"]["displayName"] == "Lovelace"


def test_a_tag_outlives_the_names_of_new_players(client, parts):
    """Those of guests, and those that servers give to players on other boards."""
    client.put("/v1/admin/boards/other", json={})
    score(client, "main", ada=1)
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    client.post("/v1/auth/guest", json={"displayName": "Grace"})
    entry = {"player": "bob", "displayName": "Bob", "score": 1}
    client.post("/v1/boards/other/scores", json={"entries": [entry, entry | {"displayName": "Rob"}]})
    parts.followers.catch_up("boards")  # shows the same names again

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/v1/boards/other/entries").json["data"]["entries"][0]["player"]["displayName"] == "Rob"


def test_a_tag_does_not_outlive_the_first_name_of_a_listed_player(client):
    client.put("/v1/admin/boards/other", json={})
    score(client, "main", ada=1)
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    entry = {"player": "ada", "displayName": "Ada", "score": 1}
    client.post("/v1/boards/other/scores", json={"entries": [entry]})

    row = client.get(path, headers={"If-None-Match": tag}).json["data"]["entries"][0]
    assert row["player"]["displayName"] == "Ada"


def test_a_guest_who_takes_another_name_after_scoring_changes_tags(client, parts):
    guest = client.post("/v1/auth/guest", json={"displayName": "Grace"}).json["data"]
    score(client, "main", **{guest["player"]["id"]: 1})
    path = "/v1/boards/main/entries"
    tag = client.get(path).headers["ETag"]

    parts.accounts.players.change(guest["player"]["id"], {"displayName": "Hopper"}, context={})

    row = client.get(path, headers={"If-None-Match": tag}).json["data"]["entries"][0]
    assert row["player"]["displayName"] == "Hopper"


def test_a_page_in_memory_outlives_the_names_of_new_players(client, parts):
    score(client, "main", ada=1)
    client.get("/v1/boards/main/entries")
    (kept,) = parts.boards.service.kept_readings

    client.post("/v1/auth/guest", json={"displayName": "Grace"})
    client.get("/v1/boards/main/entries")

    assert list(parts.boards.service.kept_readings) == [kept]
