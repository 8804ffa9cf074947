"""Endpoints give the same bytes to the fast path as through Flask, and are found on the same paths."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import Settings
from scoreboard.app import create_app
from scoreboard.core.http.endpoints import endpoint_of
from scoreboard.parts import build
from scoreboard.server.endpoints import Endpoints, NotHandled
from scoreboard.server.endpointtree import EndpointTree
from scoreboard.server.fastparser import FastPathParser, connection_environ
from tests.actions.play import proof
from tests.server.test_plain import CONFIG, PEER, SERVER, Pieces
from tests.support import KEY

RULES = {"boards": ["main"], "points": 10, "difficulty": 1}
GAME, EVIL = "https://game.example", "https://evil.example"
ASK, COMPLETE = "/v1/actions/request", "/v1/actions/complete"
SCORES, ENTRIES = "/v1/boards/main/scores", "/v1/boards/main/entries"
JSON = "Content-Type: application/json"
# The parts of an answer that differ by time or token.
OWN = re.compile(
    r'("(?:actionToken|nonce|expiresAt|timestamp|requestId|retry_ms)":)[^,}\]]*|(;[rt]=)[0-9]+|[0-9a-f]{16}'
)
SETUPS = {
    "alone": {},
    "behind a proxy": {"trusted_proxy_hops": 1},
    "behind two proxies": {"trusted_proxy_hops": 2},
    "below a path": {"base_path": "/scores"},
    "at a public address": {"public_url": "https://test/scores"},
}


def get(path: str, *lines: str) -> tuple[str, ...]:
    return f"GET {path} HTTP/1.1", "Host: test", *lines


def post(path: str, body: str, *lines: str) -> tuple[str, ...]:
    return f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *lines, "", body


SERVER_KEY, PLAYER = f"Authorization: Bearer {KEY}", "Authorization: Bearer TOKEN"
CASES = {
    "request": post(ASK, '{"actionType":"bench"}', JSON, PLAYER, "X-Request-Id: mine"),
    "request of nothing": post(ASK, '{"actionType":"none"}', JSON, PLAYER),
    "request with parameters": post(
        ASK, '{"actionType":"bench"}', "Content-Type: Application/JSON; a=b", PLAYER
    ),
    "request without a token": post(ASK, "{}", JSON),
    "request by a server": post(ASK, "{}", JSON, SERVER_KEY),
    "request of no JSON": post(ASK, "{", JSON, PLAYER),
    "request of a wrong shape": post(ASK, '{"actionType":1}', JSON, PLAYER),
    "request with unknown fields": post(ASK, '{"actionType":"bench","x":1}', JSON, PLAYER),
    "lenient request": post(ASK, '{"actionType":"bench","x":1}', JSON, PLAYER, "Prefer: handling=lenient"),
    "request of text": post(ASK, "{}", "Content-Type: text/plain", PLAYER),
    "compressed request": post(ASK, "{}", JSON, PLAYER, "Content-Encoding: gzip"),
    "request of our page": post(ASK, '{"actionType":"bench"}', JSON, PLAYER, f"Origin: {GAME}"),
    "request of another page": post(ASK, '{"actionType":"bench"}', JSON, PLAYER, f"Origin: {EVIL}"),
    "request for another host": post(ASK, '{"actionType":"bench"}', JSON, PLAYER, "Host: evil.example"),
    "completion": post(COMPLETE, "COMPLETION", JSON, PLAYER),
    "forged completion": post(COMPLETE, '{"actionToken":"sb1.x.y","proof":{}}', JSON, PLAYER),
    "scores": post(
        SCORES, '{"entries":[{"player":"bob","score":3}]}', JSON, SERVER_KEY, "Idempotency-Key: k"
    ),
    "wrong scores": post(SCORES, '{"entries":[{"player":"bob","score":"x"}]}', JSON, SERVER_KEY),
    "scores of a player": post(SCORES, "{}", JSON, PLAYER),
    "scores of a wrong key": post(SCORES, "{}", JSON, "Authorization: Bearer sk_wrong"),
    "scores of nobody": post(SCORES, "{}", JSON),
    "scores for no board": post("/v1/boards/none/scores", '{"entries":[]}', JSON, SERVER_KEY),
    "entries": get(ENTRIES),
    "entries with a key": get(ENTRIES, SERVER_KEY),
    "entries with a wrong key": get(ENTRIES, "Authorization: Bearer sk_wrong"),
    "entries of another page": get(ENTRIES, f"Origin: {EVIL}"),
    "page of entries": get(f"{ENTRIES}?limit=1&offset=1"),
    "entries of players": get(f"{ENTRIES}?players=ada,zoe"),
    "entries by name": get(f"{ENTRIES}?search=ad"),
    "unchanged entries": get(ENTRIES, "If-None-Match: ETAG"),
    "entries with other ETags": get(ENTRIES, 'If-None-Match: "a", W/"b"'),
    "entries of any ETag": get(ENTRIES, "If-None-Match: *"),
    "entries with unknown parameters": get(f"{ENTRIES}?x=1"),
    "entries with a parameter twice": get(f"{ENTRIES}?limit=1&limit=2"),
    "entries with odd parameters": get(f"{ENTRIES}?limit=%FF&offset=%31"),
    "entries with a bad cursor": get(f"{ENTRIES}?cursor=x"),
    "entries of no region": get(f"{ENTRIES}?region=none"),
    "entries of no period": get(f"{ENTRIES}?period=none"),
    "entries of no board": get("/v1/boards/none/entries"),
    "entries of a private board": get("/v1/boards/hidden/entries"),
    "entries of a private board with a key": get("/v1/boards/hidden/entries", SERVER_KEY),
    "entry": get(f"{ENTRIES}/ada"),
    "entry of nobody": get(f"{ENTRIES}/zoe"),
    "entry of no id": get(f"{ENTRIES}/a:b:c~"),
    "around": get(f"{ENTRIES}/ada/around?radius=2"),
    "around nobody": get(f"{ENTRIES}/zoe/around"),
    "rank for a score": get("/v1/boards/main/rank-for?score=5"),
    "rank for nothing": get("/v1/boards/main/rank-for"),
    "periods": get("/v1/boards/main/periods"),
    "board": get("/v1/boards/main"),
    "boards": get("/v1/boards"),
    "default board": get("/v1/leaderboard"),
    "player": get("/v1/players/ada"),
    "no player": get("/v1/players/zoe"),
    "poll": get("/v1/poll?boards=main"),
    "unchanged poll": get("/v1/poll?boards=main", "If-None-Match: ETAG"),
    "poll of no board": get("/v1/poll?boards=none"),
    "poll with a forged ticket": get("/v1/poll?ticket=x"),
    "malformed host": get(ENTRIES, "Host: a b"),
    "far away": get(
        f"{ENTRIES}/zoe", "X-Forwarded-For: 192.0.2.1, 192.0.2.2", "X-Forwarded-Proto: https, http"
    ),
    "an odd scheme": get(f"{ENTRIES}/zoe", "X-Forwarded-For: nobody", "X-Forwarded-Proto: gopher"),
}


class EntryPoints:
    """An application behind both of its entry points."""

    def __init__(self, parts) -> None:
        self.app = create_app(parts)
        self.endpoints = Endpoints(self.app)
        self.below = parts.base.settings.below
        self.token = self.open("POST", "/v1/auth/guest")["data"]["accessToken"]
        issued = self.open("POST", ASK, {"actionType": "bench"})["data"]
        body = {"actionToken": issued["actionToken"], "proof": proof(issued)}
        self.open("POST", COMPLETE, body)  # so that both repeat it
        self.completion = msgspec.json.encode(body).decode()
        self.on_fast_path(self.request(CASES["scores"]))  # so that both replay it

    def open(self, method: str, path: str, body=None):
        headers = {"Authorization": f"Bearer {self.token}"} if body else {}
        client = self.app.test_client()
        host = "https://test"
        found = client.open(f"{self.below}{path}", base_url=host, method=method, json=body, headers=headers)
        assert found.status_code < 300, found.text
        return found.json

    def request(self, lines: tuple[str, ...], etag: str = ""):
        """The plain request of a case."""
        known = {line.partition(":")[0]: line for line in lines[1:]}  # a later Host replaces the first
        text = lines[0].replace(" /", f" {self.below}/", 1)
        if "" in lines:
            body = self.completion if lines[-1] == "COMPLETION" else lines[-1]
            known["Content-Length"] = f"Content-Length: {len(body)}"
            fields = [line for name, line in known.items() if name and line != lines[-1]]
        else:
            body, fields = "", list(known.values())
        head = "\r\n".join([text, *fields, "", ""]).replace("TOKEN", self.token).replace("ETAG", etag)
        base = connection_environ(CONFIG, None, SERVER, PEER)
        (request,) = [next(FastPathParser(CONFIG, Pieces([f"{head}{body}".encode()]), PEER, base))]
        return request

    def on_fast_path(self, request) -> tuple[str, list[tuple[str, str]], str]:
        found = self.endpoints.answer(request)
        return str(found.status), list(found.headers.items()), found.body.decode()

    def through_flask(self, request) -> tuple[str, list[tuple[str, str]], str]:
        status: list = []
        chunks = self.app(request.environ(), lambda line, headers: status.extend((line[:3], headers)))
        return status[0], status[1], b"".join(chunks).decode()


def normal_form(found: tuple[str, list[tuple[str, str]], str]) -> str:
    status, headers, body = found
    lines = [f"{name}: {value}" for name, value in headers]
    return OWN.sub(r"\1\2-", "\n".join([status, *lines, body]))


@pytest.fixture(params=SETUPS)
def entry_points(request, make_parts, sqlite_url):
    setup = {"allowed_origins": GAME, **SETUPS[request.param]}
    parts = make_parts(sqlite_url, **setup)
    parts.followers.catch_up("boards")
    parts.boards.admin.define("hidden", {"public": False}, context={})
    parts.scores.submit("main", [{"player": "ada", "score": 7}], caller="bootstrap", context={})
    parts.actions.type_admin.define("bench", RULES, context={})
    return EntryPoints(parts)


def test_both_entry_points_give_the_same_answers(entry_points):
    """Byte for byte, with the headers in the same order."""
    statuses = set()
    for name, lines in CASES.items():
        etag = ""
        if "ETAG" in " ".join(lines):
            etag = dict(entry_points.on_fast_path(entry_points.request(lines[:2]))[1])["ETag"]
        quick = entry_points.on_fast_path(entry_points.request(lines, etag))
        slow = entry_points.through_flask(entry_points.request(lines, etag))

        assert normal_form(quick) == normal_form(slow), name
        statuses.add(quick[0])

    assert {"200", "304", "400", "401", "403", "404", "415"} <= statuses


@pytest.mark.parametrize(
    "lines",
    [
        get("/"),
        get("/v1/nothing"),
        get("/v1//boards"),
        get("/v1/boards/"),
        get(f"{ENTRIES}/"),
        get(ASK),
        get("/v1/boards/main/export.csv"),
        get("/v1/stream"),
        get("/b/main"),
        get("/healthz"),
        post(ENTRIES, "{}", JSON),
        post("/v1/auth/guest", "{}", JSON),
    ],
)
def test_flask_answers_everything_else(entry_points, lines):
    with pytest.raises(NotHandled):
        entry_points.endpoints.answer(entry_points.request(lines))


def test_a_path_outside_the_base_path_is_left_to_flask(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, base_path="/scores")
    endpoints = Endpoints(create_app(parts))
    base = connection_environ(CONFIG, None, SERVER, PEER)
    data = "\r\n".join([*get("/v1/boards"), "", ""]).encode()

    with pytest.raises(NotHandled):
        endpoints.answer(next(FastPathParser(CONFIG, Pieces([data]), PEER, base)))


@pytest.fixture(scope="module")
def shared_app(redis_server, tmp_path_factory, migrated):
    """An application whose routes are looked at; nothing is asked of it."""

    folder = tmp_path_factory.mktemp("routes")
    parts = build(Settings(data_dir=folder, redis_url=redis_server, secret_key="x" * 32))
    yield create_app(parts)
    parts.close()


def segments():
    known = ["v1", "boards", "entries", "around", "actions", "request", "complete", "b", "poll", "stream"]
    return st.sampled_from([*known, "", "main", "ada", "export.csv", "main.svg", "scores", "admin", "static"])


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(segments(), max_size=7), st.sampled_from(["GET", "POST"]))
def test_an_endpoint_is_found_only_where_flask_finds_it(shared_app, names, method):
    tree = EndpointTree(shared_app.url_map.iter_rules(), shared_app.view_functions)
    path = "/" + "/".join(names)

    found = tree.find(method, path)

    if found is not None:
        name, variables = shared_app.url_map.bind("test").match(path, method)
        assert found == (endpoint_of(shared_app.view_functions[name]), variables)


def test_every_endpoint_is_found(shared_app):
    tree = EndpointTree(shared_app.url_map.iter_rules(), shared_app.view_functions)
    endpoints = [
        (rule, endpoint)
        for rule in shared_app.url_map.iter_rules()
        if (endpoint := endpoint_of(shared_app.view_functions[rule.endpoint]))
    ]

    assert len(endpoints) >= 13
    for rule, endpoint in endpoints:
        path = re.sub("<[^>]*>", "main", rule.rule)
        (method,) = rule.methods - {"HEAD", "OPTIONS"}
        found = tree.find(method, path)
        assert found is not None
        assert found.endpoint is endpoint
        assert set(found.variables) == rule.arguments
