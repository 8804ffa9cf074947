"""Random play against a plain model, which computes the points won and the expected refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.actions.play import Player, define

HOUR, DAY, LIFE = 3_600_000, 86_400_000, 300_000
MIN_MS, MAX_POINTS = 2000, 10
TYPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "alone": {"exclusive": True},
    "capped": {"hourlyCap": 25, "dailyCap": 40},
    "both": {"exclusive": True, "hourlyCap": 15},
}
NAMES = ("ada", "bob")


@dataclass
class ModelToken:
    """A token as the model remembers it."""

    player: str
    action: str
    issued_token: dict[str, Any]
    at: int
    receipt: dict[str, Any] | None = None
    points: int = 0


class Model:
    """The expected behaviour, computed slowly and simply."""

    def __init__(self) -> None:
        self.wins: list[tuple[str, str, int, int]] = []  # player, action, points, when
        self.exclusive_ends: dict[str, int] = {}
        self.barred: set[str] = set()

    def refusal(self, token: ModelToken, points: int, now: int) -> str | None:
        """The expected error code of a completion; None if it counts."""
        exclusive = TYPES[token.action].get("exclusive", False)
        if token.receipt is not None:
            return None if points == token.points else "token_already_used"
        if now - token.at >= LIFE:
            return "action_token_expired"
        if now - token.at < MIN_MS:
            return "completed_too_fast"
        if token.player in self.barred:
            return "scoring_disabled"
        if exclusive and self.exclusive_ends.get(token.player, 0) > token.at:
            return "overlapping_action"
        return "cap_reached" if self.exceeds_cap(token, points, now) else None

    def exceeds_cap(self, token: ModelToken, points: int, now: int) -> bool:
        caps = (TYPES[token.action].get("hourlyCap"), HOUR), (TYPES[token.action].get("dailyCap"), DAY)
        return any(
            cap is not None and self.in_this(length, token, now) + points > cap for cap, length in caps
        )

    def in_this(self, length: int, token: ModelToken, now: int) -> int:
        return sum(
            points
            for player, action, points, at in self.wins
            if (player, action) == (token.player, token.action) and at // length == now // length
        )

    def count(self, token: ModelToken, points: int, now: int) -> None:
        self.wins.append((token.player, token.action, points, now))
        token.points = points
        if TYPES[token.action].get("exclusive"):
            self.exclusive_ends[token.player] = now

    def score(self, player: str) -> int:
        return sum(points for winner, _, points, _ in self.wins if winner == player)


class Actions(RuleBasedStateMachine):
    """Two processes of the real product beside the model."""

    processes: Any
    clock: Any

    @initialize()
    def begin(self):
        self.model, self.tokens = Model(), []
        self.players = {name: Player(self.processes[0], displayName=name) for name in NAMES}
        self.elsewhere = {name: Player(self.processes[1]) for name in NAMES}

    @rule(
        player=st.sampled_from(NAMES),
        action=st.sampled_from(sorted(TYPES)),
        wait_ms=st.sampled_from([MIN_MS, MIN_MS, MIN_MS + 1, 0]),
    )
    def request(self, player, action, wait_ms):
        answer = self.player_in(player, 0).http.post("/v1/actions/request", json={"actionType": action})
        if answer.status_code == 403 and player in self.model.barred:
            return
        # A barred player may get a token, and is refused when completing.
        assert answer.status_code == 200, answer.text
        self.tokens.append(ModelToken(player, action, answer.json["data"], self.clock()))
        self.clock.advance(ms=wait_ms)

    @rule(
        player=st.sampled_from(NAMES),
        action=st.sampled_from(sorted(TYPES)),
        plays=st.lists(st.sampled_from([MAX_POINTS, MAX_POINTS, 5, 0]), min_size=1, max_size=4),
    )
    def play(self, player, action, plays):
        before = len(self.tokens)
        for _ in plays:
            self.request(player, action, MIN_MS)
        for number, (token, points) in enumerate(zip(self.tokens[before:], plays, strict=False)):
            self.complete(token, points, number % 2)

    @rule(data=st.data(), points=st.integers(0, MAX_POINTS), process=st.integers(0, 1))
    @precondition(lambda self: getattr(self, "tokens", None))
    def complete_any(self, data, points, process):
        self.complete(data.draw(st.sampled_from(self.tokens)), points, process)

    def complete(self, token, points, process):
        expected = self.model.refusal(token, points, self.clock())
        answer = self.player_in(token.player, process).complete(token.issued_token, points)
        if expected is not None:
            assert answer.json.get("code") == expected, (answer.json, expected)
            return
        assert answer.status_code == 200, answer.text
        receipt = answer.json["data"]
        if token.receipt is None:
            self.model.count(token, points, self.clock())
            token.receipt = receipt
            assert receipt["newScore"] == self.model.score(token.player)
        assert receipt == token.receipt | {"replayed": receipt["replayed"]}
        assert receipt["increment"] == token.points

    @rule(data=st.data(), process=st.integers(0, 1))
    @precondition(lambda self: any(one.receipt for one in getattr(self, "tokens", ())))
    def send_again(self, data, process):
        token = data.draw(st.sampled_from([one for one in self.tokens if one.receipt]))
        answer = self.player_in(token.player, process).complete(token.issued_token, token.points)
        assert answer.json["data"] == token.receipt | {"replayed": True}

    @rule(data=st.data(), player=st.sampled_from(NAMES))
    @precondition(lambda self: getattr(self, "tokens", None))
    def try_another_players_token(self, data, player):
        others = [one for one in self.tokens if one.player != player]
        if others:
            answer = self.player_in(player, 0).complete(data.draw(st.sampled_from(others)).issued_token, 1)
            assert answer.json["code"] == "invalid_action_token"

    @rule(ms=st.sampled_from([1, 500, MIN_MS, LIFE - MIN_MS, HOUR // 2, DAY // 2]))
    def time_passes(self, ms):
        self.clock.advance(ms=ms)
        # The key of older ones may be retired: then they are no longer valid.
        self.tokens = [one for one in self.tokens if self.clock() - one.at < DAY]

    @rule(player=st.sampled_from(NAMES), scoring=st.booleans())
    def allow_scoring(self, player, scoring):
        self.processes[0].accounts.players.allow_scoring(self.players[player].id, scoring, context={})
        (self.model.barred.discard if scoring else self.model.barred.add)(player)

    @rule(process=st.integers(0, 1))
    def rotate(self, process):
        self.processes[process].ring.rotate()
        for one in self.processes * 2:  # as they do automatically, long before a key is used
            one.ring.ensure()

    @invariant()
    def scores_are_the_models(self):
        if not hasattr(self, "model"):
            return
        entries = self.players["ada"].http.get(
            "/v1/boards/main/entries?limit=1000", headers={"Authorization": ""}
        )
        found = {row["player"]["id"]: row["score"] for row in entries.json["data"]["entries"]}
        for name in NAMES:
            assert found.get(self.players[name].id, 0) == self.model.score(name)

    def teardown(self):
        if hasattr(self, "model"):
            self.processes[0].followers.catch_up("boards")
            assert self.processes[0].boards.verifier.run() == []

    def player_in(self, name, process):
        """A player in one of the processes, with a valid session."""
        player = (self.players, self.elsewhere)[process][name]
        access = self.processes[process].accounts.sessions.access.issue(
            self.players[name].session["refreshToken"].split("_")[1],
            self.processes[process].accounts.players.me(self.players[name].id),
        )
        player.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {access}"
        return player


def test_play_is_as_the_model_says(make_parts, sqlite_url, clock):
    processes = [make_parts(sqlite_url) for _ in range(2)]
    for name, rules in TYPES.items():
        points = {"min": 0, "max": MAX_POINTS}
        define(processes[0], name, points=points, minSeconds=MIN_MS / 1000, **rules)
    processes[0].followers.catch_up("boards")

    class ActionsHere(Actions):
        pass

    ActionsHere.processes, ActionsHere.clock = processes, clock
    ActionsHere.TestCase.settings = settings(
        max_examples=12,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a real server takes minutes
    )
    ActionsHere.TestCase("runTest").runTest()
