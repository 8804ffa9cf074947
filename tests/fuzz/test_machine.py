"""Random play and random faults against a plain model, with all scores compared after every step.

Two sets of parts, for two processes, share a database and a Redis. Commits are lost, the database and Redis
go away and come back, Redis is emptied, processes are replaced. After each step both show the same scores,
ranks and names as the model; so does Redis, if it is available, once its follower has caught up.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from redis import Redis

from config.settings import Settings
from scoreboard.chaos.notation import parse
from scoreboard.core.storage.redis import RedisAway
from scoreboard.parts import build
from tests.actions.play import Player, define, proof
from tests.contract import client_of
from tests.fuzz.seconds import play
from tests.model import ModelBoard
from tests.support import KEY, wait_until

SECRETS = {"secret_key": "x" * 32, "bootstrap_key": KEY}
LIFE_MS, MIN_MS = 300_000, 2000
BATCHES, PLAYED = "cup", "main"
NAMES = ("ada", "bob", "cyd")
POINTS = st.integers(0, 10)


class Outage:
    """The outages of the writer's database: before a commit, or after it."""

    def __init__(self) -> None:
        self.number = self.now = 0

    def current(self) -> int:
        """The number of the present outage, 0 for none. Fault injection calls it."""
        return self.now

    @contextlib.contextmanager
    def begin(self, writing: Any, *, commits: bool):
        """Lose the answer of the next commit, or the database before it."""
        self.number += 1
        self.now = self.number
        if not commits:
            writing._noticed = self.now
        try:
            yield
        finally:
            self.now = 0


class Token:
    """An action token, and the completion that was made with it."""

    def __init__(self, player: str, action: dict[str, Any], at: int) -> None:
        self.player, self.action, self.at = player, action, at
        self.points: int | None = None
        self.score = 0


class Machine(RuleBasedStateMachine):
    """The product beside its model."""

    make_parts: Callable[..., Any]
    redis_path: Path
    redis: Redis
    clock: Any

    @initialize()
    def begin(self):
        self.set_redis(True)
        self.redis.flushall()
        self.outage, self.tokens, self.keys, self.sent = Outage(), [], [], 0
        self.processes = [self.process() for _ in range(2)]
        self.boards = {
            PLAYED: ModelBoard({"operator": "increment"}),
            BATCHES: ModelBoard({"operator": "increment"}),
        }
        parts = self.processes[0][0]
        self.redis_available = True
        for board in self.boards:
            with contextlib.suppress(Exception):
                parts.boards.admin.delete(board, context={"caller": "tests"})
            self.http(0).put(f"/v1/admin/boards/{board}", json={})
        define(parts, "jump", points={"min": 0, "max": 10}, minSeconds=MIN_MS / 1000)
        self.follow()
        self.players = {name: Player(parts, displayName=name.title()) for name in NAMES}
        self.names = {player.id: name.title() for name, player in self.players.items()}

    def process(self):
        """The parts of one process, and an HTTP client with a server key."""
        parts = type(self).make_parts()
        parts.base.writer_database._outages = self.outage
        return parts, client_of(parts)

    def http(self, number):
        return self.processes[number][1]

    # Players and servers

    @rule(player=st.sampled_from(NAMES), number=st.integers(0, 1))
    def request(self, player, number):
        answer = self.call(player, number, "/v1/actions/request", {"actionType": "jump"})
        assert answer.status_code == 200, answer.text
        self.tokens.append(Token(player, answer.json["data"], self.clock()))

    @rule(player=st.sampled_from(NAMES), points=POINTS, number=st.integers(0, 1))
    def play(self, player, points, number):
        self.request(player, 1 - number)
        self.clock.advance(ms=MIN_MS)
        self.complete(self.tokens[-1], points, number)

    @rule(data=st.data(), points=POINTS, number=st.integers(0, 1))
    @precondition(lambda self: getattr(self, "tokens", None))
    def complete_any(self, data, points, number):
        self.complete(data.draw(st.sampled_from(self.tokens)), points, number)

    @rule(data=st.data(), number=st.integers(0, 1))
    @precondition(lambda self: any(one.points is not None for one in getattr(self, "tokens", ())))
    def replay(self, data, number):
        token = data.draw(st.sampled_from([one for one in self.tokens if one.points is not None]))
        self.complete(token, token.points, number)

    @rule(data=st.data(), points=POINTS, number=st.integers(0, 1), commits=st.booleans())
    @precondition(lambda self: any(self.is_open(one) for one in getattr(self, "tokens", ())))
    def lose_a_completion(self, data, points, number, commits):
        token = data.draw(st.sampled_from([one for one in self.tokens if self.is_open(one)]))
        self.clock.advance(ms=MIN_MS)
        if not self.is_open(token):
            return
        with self.outage.begin(self.processes[number][0].base.writer_database, commits=commits):
            answer = self.send_completion(token, points, number)
        if self.was_written(answer, commits):
            self.count(token, points)
        self.complete(token, points, 1 - number)

    @rule(
        entries=st.lists(
            st.tuples(st.sampled_from(NAMES), st.integers(-5, 5), st.booleans()), min_size=1, max_size=4
        ),
        number=st.integers(0, 1),
        fault=st.sampled_from(["", "", "before", "after"]),
    )
    def submit(self, entries, number, fault):
        batch, new = [], 0
        for player, score, repeats in entries:
            if repeats and self.keys:
                batch.append(self.keys[score % len(self.keys)])
                continue
            self.sent += 1
            new += 1
            batch.append({"player": player, "score": score, "idempotencyKey": f"{uuid.uuid4()}"})
            self.keys.append(batch[-1])
            self.accept(BATCHES, player, score)
        written = False
        if fault:
            with self.outage.begin(self.processes[number][0].base.writer_database, commits=fault == "after"):
                written = self.was_written(self.scores(batch, number), fault == "after")
        report = self.scores(batch, number).json["data"]
        assert report["rejected"] == []
        replayed = len(batch) if written else len(batch) - new
        assert (report["accepted"], report["replayed"]) == (len(batch) - replayed, replayed)
        standings = {self.id(row[1]): (row[2], row[0]) for row in self.boards[BATCHES].ranked_rows()}
        for one in report["standings"]:
            if one["rank"] is not None:  # without Redis a repeated entry gets its first answer
                assert (one["score"], one["rank"]) == standings[one["player"]]

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "keys", None))
    def a_key_means_one_score(self, data):
        entry = data.draw(st.sampled_from(self.keys))
        report = self.scores([entry | {"score": entry["score"] + 1}], 0).json["data"]
        assert [one["code"] for one in report["rejected"]] == ["idempotency_key_reused"]

    @rule(player=st.sampled_from(NAMES), number=st.integers(0, 1))
    def rename(self, player, number):
        self.sent += 1
        name = f"{player} {self.sent}"
        answer = self.call(player, number, "/v1/me", {"displayName": name}, method="patch")
        assert answer.status_code == 200, answer.text
        self.names[self.players[player].id] = name

    @rule(number=st.integers(0, 1))
    def delete_the_board(self, number):
        assert self.http(number).delete(f"/v1/admin/boards/{BATCHES}").status_code == 204
        assert self.http(1 - number).get(f"/v1/boards/{BATCHES}").status_code == 404
        assert self.http(number).put(f"/v1/admin/boards/{BATCHES}", json={}).status_code == 201
        self.boards[BATCHES] = ModelBoard({"operator": "increment"})
        self.keys = []

    # Faults and time

    @rule(ms=st.sampled_from([1, MIN_MS, LIFE_MS - MIN_MS, LIFE_MS]))
    def time_passes(self, ms):
        self.clock.advance(ms=ms)

    @rule()
    def redis_is_emptied(self):
        if self.redis_available:
            self.redis.flushall()

    @rule()
    def redis_goes_away_or_comes_back(self):
        self.set_redis(not self.redis_available)

    @rule(number=st.integers(0, 1))
    def a_process_is_replaced(self, number):
        self.processes[number][0].close()
        self.processes[number] = self.process()

    @rule()
    def follow(self):
        # After a failed call a process does not call Redis for a moment. The job is run again later.
        if self.redis_available:
            with contextlib.suppress(RedisAway):
                self.processes[0][0].followers.catch_up("boards")

    # Invariants

    @invariant()
    def both_processes_agree_with_the_model(self):
        if not hasattr(self, "names"):
            return
        for board, model in self.boards.items():
            expected = [
                (rank, self.id(player), score, self.name(player))
                for rank, player, score, _ in model.ranked_rows()
            ]
            for number in range(2):
                answer = self.http(number).get(f"/v1/boards/{board}/entries?limit=100")
                assert answer.status_code == 200, answer.text
                assert [row_of(row) for row in answer.json["data"]["entries"]] == expected

    @invariant()
    def redis_follows(self):
        if hasattr(self, "names") and self.redis_available:
            # Limits count completions a moment later: one that failed at Redis stops calls again.
            wait_until(lambda: not self.processes[0][0].base.limits.resting, seconds=5)
            self.follow()
            assert self.processes[0][0].boards.verifier.run() == []

    def teardown(self):
        if hasattr(self, "processes"):
            self.set_redis(True)
            for parts, _ in self.processes:
                parts.close()

    # Helpers

    def set_redis(self, available):
        """Let Redis be available or not. Its data stays, its connections are closed."""
        away = self.redis_path.with_suffix(".away")
        if available and away.exists():
            away.rename(self.redis_path)
        if not available:
            self.redis_path.rename(away)
            Redis(unix_socket_path=str(away)).client_kill_filter(_type="normal", skipme=True)
        self.redis_available = available

    def was_written(self, answer, commits):
        """True if the refused request was written all the same."""
        code = answer.json["code"]
        # If the fault hit the commit of receipts, nothing of the request was written.
        assert answer.status_code == 503
        assert code == "ledger_unavailable" or (commits and code == "outcome_unknown")
        return code == "outcome_unknown"

    def is_open(self, token):
        return token.points is None and self.clock() - token.at < LIFE_MS

    def complete(self, token, points, number):
        took, answer = self.clock() - token.at, self.send_completion(token, points, number)
        if token.points is not None:
            expected = "" if points == token.points else "token_already_used"
        else:
            expected = (
                "action_token_expired" if took >= LIFE_MS else "completed_too_fast" if took < MIN_MS else ""
            )
        assert answer.json.get("code", "") == expected, answer.text
        if expected:
            return
        receipt = answer.json["data"]
        assert receipt["replayed"] == (token.points is not None)
        if token.points is None:
            self.count(token, points)
        assert (receipt["increment"], receipt["newScore"]) == (token.points, token.score)

    def count(self, token, points):
        self.accept(PLAYED, token.player, points)
        token.points, token.score = points, self.boards[PLAYED].standings()[token.player].score

    def accept(self, board, player, score):
        self.boards[board].accepted.append(
            {"player": player, "score": score, "columns": {}, "region": "", "operator": "increment", "at": 0}
        )

    def send_completion(self, token, points, number):
        body = {"actionToken": token.action["actionToken"], "proof": proof(token.action, points)}
        return self.call(token.player, number, "/v1/actions/complete", body)

    def scores(self, batch, number):
        body = {"entries": [entry | {"player": self.id(entry["player"])} for entry in batch]}
        return self.http(number).post(f"/v1/boards/{BATCHES}/scores", json=body)

    def call(self, player, number, path, body, method="post"):
        """Call as a player, with a valid access token."""
        parts, one = self.processes[number][0], self.players[player]
        session = one.session["refreshToken"].split("_")[1]
        access = parts.accounts.sessions.access.issue(session, parts.accounts.players.me(one.id))
        headers = {"Authorization": f"Bearer {access}"}
        return getattr(self.http(number), method)(path, json=body, headers=headers)

    def id(self, name):
        return self.players[name].id

    def name(self, player):
        return self.names[self.id(player)]


def row_of(row):
    return row["rank"], row["player"]["id"], row["score"], row["player"]["displayName"]


@pytest.mark.parametrize(("kind", "share"), [("sqlite", 0.6), ("postgresql", 0.4)])
def test_the_product_agrees_with_its_model_through_all_faults(
    kind, share, redis_server, redis, clock, tmp_path, postgres
):
    url = f"sqlite:///{tmp_path / 'machine.db'}" if kind == "sqlite" else postgres.create("machine")

    class Bound(Machine):
        pass

    def make():
        parts = build(
            Settings(database_url=url, data_dir=tmp_path, redis_url=redis_server, **SECRETS),
            clock=clock,
            plan=parse("seed=1"),
        )
        parts.base.migrate()
        parts.preparation.prepare()
        return parts

    Bound.make_parts = staticmethod(make)
    Bound.redis_path, Bound.redis, Bound.clock = Path(redis_server.removeprefix("unix://")), redis, clock
    try:
        play(Bound, share=share, examples=round(12 * share))
    finally:
        if kind == "postgresql":
            postgres.drop("machine")
