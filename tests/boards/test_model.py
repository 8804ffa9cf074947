"""Random operations against a plain model: every read shows the same ranks."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scoreboard.app import create_app
from tests.model import ModelBoard
from tests.support import KEY

BOARD = "game"
ACCOUNT, GUEST = "fay", "eve"  # players with sessions; the guest may become part of the account
PLAYERS = st.sampled_from(["ada", "bob", "cyd", "dan", GUEST, ACCOUNT])
SCORES = st.integers(-3, 3) | st.sampled_from([100, -100, 2**53 - 1, -(2**53) + 1])
OPERATORS = st.sampled_from(["increment", "decrement", "best", "set"])
DIRECTIONS = st.sampled_from(["desc", "asc"])
COLUMNS = st.lists(DIRECTIONS, max_size=2).map(
    lambda orders: [{"name": f"c{at}", "order": order} for at, order in enumerate(orders)]
)
DEFINITIONS = st.fixed_dictionaries(
    {
        "operator": OPERATORS,
        "order": DIRECTIONS,
        "ties": st.sampled_from(["ordinal", "competition", "dense"]),
        "columns": COLUMNS,
        "regions": st.just(["eu", "na"]),
    },
    optional={"minScore": st.just(-5), "maxScore": st.just(200), "maxIncrement": st.just(100)},
)


class Boards(RuleBasedStateMachine):
    """One board of the real product beside its model."""

    make_parts: Any
    url: str
    redis: Any
    clock: Any

    @initialize(definition=DEFINITIONS)
    def begin(self, definition):
        self.redis.flushall()
        self.parts = type(self).make_parts()
        self.http = create_app(self.parts).test_client()
        self.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
        self.follow()
        self.model = ModelBoard(definition)
        self.http.delete(f"/v1/admin/boards/{BOARD}")
        assert self.http.put(f"/v1/admin/boards/{BOARD}", json=definition).status_code == 201
        self.accepted: list[dict] = []  # entries
        self.entry_count = 0
        self.account = self.sign_in("register", username=f"fay-{token_hex(8)}", password=token_hex(8))
        self.guest = self.sign_in("guest")
        self.ids = {ACCOUNT: self.account["player"]["id"], GUEST: self.guest["player"]["id"]}

    @rule(
        events=st.lists(
            st.fixed_dictionaries(
                {"player": PLAYERS, "score": SCORES, "columns": st.lists(st.integers(-2, 2), max_size=2)},
                optional={"operator": OPERATORS, "region": st.sampled_from(["eu", "na"])},
            ),
            min_size=1,
            max_size=5,
        )
    )
    def submit(self, events):
        entries, refusals = [], []
        for event in events:
            columns = dict(zip(self.model.column_names, event["columns"], strict=False))
            entries.append({**event, "columns": columns, "idempotencyKey": f"k{self.entry_count}"})
            self.entry_count += 1
            model_event = {
                "player": event["player"],
                "score": event["score"],
                "columns": columns,
                "operator": event.get("operator", self.model.definition["operator"]),
                "region": event.get("region", ""),
                "at": self.clock.at,
            }
            is_refused = self.model.refuses(model_event)
            refusals.append(is_refused)
            if not is_refused:
                self.accepted.append(entries[-1])
                self.model.accepted.append(model_event)
        report = self.post(entries)
        assert [one["index"] for one in report["rejected"]] == [at for at, bad in enumerate(refusals) if bad]
        self.check_report(report)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "accepted", None))
    def submit_again(self, data):
        report = self.post([data.draw(st.sampled_from(self.accepted))])
        assert report["replayed"] + len(report["rejected"]) == 1
        self.check_report(report)

    @rule()
    def merge(self):
        merged = ModelBoard(self.model.definition, [dict(event) for event in self.model.accepted])
        merged.merge(GUEST, ACCOUNT)
        pair = ModelBoard(
            self.model.definition, [one for one in self.model.accepted if one["player"] in (GUEST, ACCOUNT)]
        )
        answer = self.http.post(
            "/v1/me/merge",
            json={"guestRefreshToken": self.guest["refreshToken"]},
            headers={"Authorization": f"Bearer {self.account['accessToken']}"},
        )
        guest_scored = any(event["player"] == GUEST for event in self.model.accepted)
        if guest_scored and (merged.overflows() or merged.breaks_bounds(ACCOUNT, pair)):
            assert answer.status_code == 422, answer.json
            return
        assert answer.status_code == 200, answer.json
        self.model = merged
        self.accepted = [entry for entry in self.accepted if entry["player"] != GUEST]
        self.guest = self.sign_in("guest")
        self.ids[GUEST] = self.guest["player"]["id"]

    @rule(ms=st.integers(1, 5000))
    def time_passes(self, ms):
        self.clock.advance(ms=ms)

    @rule(definition=DEFINITIONS)
    def redefine(self, definition):
        # The names of columns stay, because events have their columns by name.
        if len(definition["columns"]) != len(self.model.definition["columns"]):
            definition = {**definition, "columns": self.model.definition["columns"]}
        bounds = {name: value for name, value in definition.items() if name.startswith(("min", "max"))}
        definition = {name: value for name, value in definition.items() if name not in bounds}
        changed = ModelBoard(definition, self.model.accepted)
        status = self.http.put(f"/v1/admin/boards/{BOARD}", json=definition).status_code
        if self.order_of(definition) != self.order_of(self.model.definition) and changed.overflows():
            assert status == 422
        else:
            assert status == 200
            self.model = changed

    @rule()
    def redis_is_emptied(self):
        self.redis.flushall()

    @rule()
    def follow(self):
        self.parts.followers.catch_up("boards")

    @rule(score=SCORES, columns=st.tuples(st.integers(-2, 2), st.integers(-2, 2)))
    def rank_for(self, score, columns):
        columns = columns[: len(self.model.column_names)]
        params = dict(zip(self.model.column_names, columns, strict=True))
        answer = self.get("rank-for", score=score, **params)
        assert answer["rank"] == self.model.rank_for(score, columns)

    @invariant()
    def every_rank_is_the_models(self):
        if not hasattr(self, "model"):
            return
        for region in ("", "eu"):
            expected = self.model.ranked_rows(region=region)
            query = {"region": region} if region else {}
            assert self.rows("entries", limit=1000, **query) == expected
            for at, row in enumerate(expected[:3]):
                one = self.get(f"entries/{self.id(row[1])}", **query)
                assert self.row(one) == row
                around = self.rows(f"entries/{self.id(row[1])}/around", radius=1, **query)
                assert around == expected[max(0, at - 1) : at + 2]
        some = ",".join(self.id(row[1]) for row in expected[::2])
        if some:
            assert self.rows("entries", players=some, region="eu") == expected[::2]

    def teardown(self):
        if hasattr(self, "parts"):
            self.parts.followers.catch_up("boards")
            assert self.parts.boards.verifier.run() == []

    def order_of(self, definition):
        return definition["order"], definition["columns"]

    def check_report(self, report):
        ranks = {row[1]: (row[0], row[2]) for row in self.model.ranked_rows()}
        for one in report["standings"]:
            if one["region"] is None and one["rank"] is not None:
                assert (one["rank"], one["score"]) == ranks[self.name(one["player"])]

    def sign_in(self, how, **body):
        headers = {"Authorization": ""}
        return self.http.post(f"/v1/auth/{how}", json=body, headers=headers).json["data"]

    def id(self, player):
        return self.ids.get(player, player)

    def name(self, id):
        return next((name for name, own_id in self.ids.items() if own_id == id), id)

    def post(self, entries):
        entries = [{**entry, "player": self.id(entry["player"])} for entry in entries]
        answer = self.http.post(f"/v1/boards/{BOARD}/scores", json={"entries": entries})
        assert answer.status_code == 200, answer.json
        return answer.json["data"]

    def get(self, path, **query):
        answer = self.http.get(f"/v1/boards/{BOARD}/{path}", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json["data"]

    def rows(self, path, **query):
        return [self.row(row) for row in self.get(path, **query)["entries"]]

    def row(self, row):
        columns = tuple(row["columns"][name] for name in self.model.column_names)
        return (row["rank"], self.name(row["player"]["id"]), row["score"], columns)


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 25), ("postgresql", 8)])
def test_every_rank_is_the_models(kind, examples, make_parts, redis, clock, tmp_path, postgres):
    url = f"sqlite:///{tmp_path / 'model.db'}" if kind == "sqlite" else postgres.create("model")
    parts = make_parts(url, limit_merge="")

    class BoardsHere(Boards):
        pass

    BoardsHere.make_parts, BoardsHere.redis, BoardsHere.clock = staticmethod(lambda: parts), redis, clock
    BoardsHere.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a real server takes minutes
    )
    try:
        BoardsHere.TestCase("runTest").runTest()
    finally:
        if kind == "postgresql":
            parts.close()
            postgres.drop("model")
