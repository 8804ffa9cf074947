"""The Node references keep the protocol's promise, without which their speed would mean nothing."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from scoreboard.journal.types import FIRST_SHARD, Position
from tests.actions.play import proof
from tests.load import nodeboards, servers
from tests.load.reference.rawsql import RawSql
from tests.support import at_once

with_node = pytest.mark.skipif(not servers.node_installed(), reason="the Node references are not installed")


def test_the_driver_alone_writes_rows_that_the_product_reads(parts, database_url):
    driver = RawSql(database_url, players=1000)
    sample = driver.run(0.01)
    driver.close()

    lines = parts.journal.after(Position(FIRST_SHARD, 1_000_000), sample.done + 1)
    assert len(lines) == sample.done
    assert {line.fact.board for line in lines} == {"main"}


@pytest.fixture(params=["server", "careful"])
def server(request, tmp_path, redis_server, database_url):
    kind = "sqlite" if database_url.startswith("sqlite:") else "pg"
    store = {"STORE": kind, "FILE": database_url.removeprefix("sqlite:///"), "DATABASE_URL": database_url}
    with servers.node(tmp_path, request.param, REDIS_URL=redis_server, **store) as server:
        yield server


def call(server, path, body, token=""):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@with_node
def test_a_token_counts_once_and_scores_add_up(server):
    session = call(server, "/v1/auth/guest", {})[1]["data"]["accessToken"]
    asked = [
        call(server, "/v1/actions/request", {"actionType": "bench"}, session)[1]["data"] for _ in range(6)
    ]
    bodies = [{"actionToken": one["actionToken"], "proof": proof(one)} for one in asked]

    answers = at_once(12, lambda number: call(server, "/v1/actions/complete", bodies[number // 2], session))

    scores = sorted(body["data"]["newScore"] for status, body in answers if status == 200)
    refused = [body["code"] for status, body in answers if status == 409]
    assert scores == [10, 20, 30, 40, 50, 60]
    assert refused == ["token_already_used"] * 6


@with_node
def test_wrong_requests_are_refused(server):
    session, other = (call(server, "/v1/auth/guest", {})[1]["data"]["accessToken"] for _ in range(2))
    asked = call(server, "/v1/actions/request", {"actionType": "bench"}, session)[1]["data"]
    body = {"actionToken": asked["actionToken"], "proof": proof(asked)}

    assert call(server, "/v1/actions/request", {"actionType": "bench"}, session[:-4] + "AAAA")[0] == 401
    assert call(server, "/v1/actions/request", {"actionType": "no"}, session)[0] == 404
    assert call(server, "/v1/actions/complete", body, other)[0] == 400
    assert call(server, "/v1/actions/complete", body | {"proof": {"checksum": "0"}}, session)[0] == 400
    assert call(server, "/v1/actions/complete", body, session)[0] == 200


COMMON = ("rank", "player", "score", "columns", "reachedAt", "metadata", "percentile")


@pytest.fixture
def node_reads(request, tmp_path, redis_server):
    store = {"STORE": "sqlite", "FILE": str(tmp_path / "node.db")}
    with servers.node(tmp_path, request.param, REDIS_URL=redis_server, REMEMBER="1", **store) as server:
        yield server


def read(server, path, tag=""):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"If-None-Match": tag})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.headers["ETag"], json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers["ETag"], None


@with_node
@pytest.mark.parametrize("node_reads", ["server", "careful"], indirect=True)
def test_reads_in_node_answer_as_the_product_does(client, parts, redis_server, node_reads):
    for round_number in range(4):  # players with the same score, reached at different times
        entries = [{"player": f"p{number}", "score": number % 5} for number in range(round_number, 40, 4)]
        assert client.post("/v1/boards/main/scores", json={"entries": entries}).status_code == 200
    facts = {line.fact.player: line for line in parts.journal.after(Position(FIRST_SHARD, 0), 1000)}
    standings = [
        (name, int(name[1:]) % 5, line.at, line.seq)
        for name, line in facts.items()
        if line.fact.board == "main"
    ]
    assert len(standings) == 40
    nodeboards.fill(redis_server, "main", standings)

    for path in ("/v1/boards/main/entries?limit=30", "/v1/boards/main/entries/p7/around"):
        ours, (status, tag, theirs) = client.get(path).json["data"], read(node_reads, path)
        assert status == 200
        assert theirs["data"].keys() == ours.keys()
        assert theirs["data"]["total"] == ours["total"] == 40
        assert [{k: row[k] for k in COMMON} for row in theirs["data"]["entries"]] == [
            {k: row[k] for k in COMMON} for row in ours["entries"]
        ]
        assert read(node_reads, path, tag)[0] == 304
        assert read(node_reads, path, tag)[1] == tag
        assert read(node_reads, path, '"another"')[2] == theirs
    path = "/v1/boards/main/entries/p7"
    assert read(node_reads, path)[2]["data"] == client.get(path).json["data"]
    assert read(node_reads, "/v1/boards/main/entries/nobody")[0] == 404
