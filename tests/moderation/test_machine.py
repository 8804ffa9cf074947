"""Random scores and decisions against a plain model: every list is as if what does not count had never come.

At the end of each run all decisions are undone, and everything is as if none had been made.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scoreboard.app import create_app
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.types import Window
from scoreboard.boards.views import Listed
from scoreboard.core.clock import rfc3339
from tests.fuzz.seconds import play
from tests.model import ModelBoard
from tests.support import KEY

BOARD = "game"
EXAMPLES, STEPS = 6, 40
PLAYERS = st.sampled_from(["ada", "bob", "cyd", "dan"])
OPERATORS = st.sampled_from(["increment", "decrement", "best", "set"])
DIRECTIONS = st.sampled_from(["desc", "asc"])
DAY_MS = 86_400_000
NEXT = {
    ("hold", "counted"): "held",
    ("release", "held"): "counted",
    ("reverse", "counted"): "reversed",
    ("reverse", "held"): "reversed",
    ("restore", "reversed"): "counted",
}
DEFINITIONS = st.fixed_dictionaries(
    {
        "operator": OPERATORS,
        "order": DIRECTIONS,
        "ties": st.sampled_from(["ordinal", "competition", "dense"]),
        "columns": st.lists(DIRECTIONS, max_size=1).map(
            lambda orders: [{"name": f"c{at}", "order": order} for at, order in enumerate(orders)]
        ),
        "regions": st.just(["eu", "na"]),
        "windows": st.just(["daily"]),
    }
)


class Moderated(RuleBasedStateMachine):
    """One board of the real product beside its model, and decisions about its entries and players."""

    parts: Any
    redis: Any
    clock: Any

    @initialize(definition=DEFINITIONS)
    def begin(self, definition):
        self.redis.flushall()
        self.http = create_app(self.parts).test_client()
        self.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
        self.http.delete(f"/v1/admin/boards/{BOARD}")
        for player in ("ada", "bob", "cyd", "dan"):
            self.forget_decisions(player)
        assert self.http.put(f"/v1/admin/boards/{BOARD}", json=definition).status_code == 201
        self.follow()
        self.definition = definition
        self.events: list[dict] = []
        self.layers: list[tuple[str, str, Any]] = []  # in force: decision, action, entries or a player

    @rule(
        player=PLAYERS,
        score=st.integers(-3, 3),
        columns=st.lists(st.integers(-1, 1), max_size=1),
        region=st.sampled_from(["", "eu", "na"]),
        operator=OPERATORS,
    )
    def submit(self, player, score, columns, region, operator):
        names = [column["name"] for column in self.definition["columns"]]
        event = {
            "player": player,
            "score": score,
            "columns": dict(zip(names, columns, strict=False)),
            "operator": operator,
            "region": region,
        }
        entry = {name: value for name, value in event.items() if value != ""}
        answer = self.http.post(f"/v1/boards/{BOARD}/scores", json={"entries": [entry]})
        assert answer.json["data"]["accepted"] == 1, answer.json
        self.events.append(event | {"id": answer.json["data"]["entries"][0], "at": self.clock.at})

    @rule(action=st.sampled_from(["hold", "release", "reverse", "restore"]), data=st.data())
    @precondition(lambda self: getattr(self, "events", None))
    def decide(self, action, data):
        ids = data.draw(
            st.lists(st.sampled_from([one["id"] for one in self.events]), min_size=1, unique=True)
        )
        answer = self.http.post(f"/v1/admin/entries/{action}", json={"ids": ids, "reason": "other"})
        if all((action, self.state(id)) not in NEXT for id in ids):
            assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_decide")
            return
        assert answer.status_code == 200, answer.json
        self.layers.append((answer.json["data"]["decision"]["id"], action, ids))

    @rule(action=st.sampled_from(["hide", "show"]), player=PLAYERS)
    def decide_about_player(self, action, player):
        if not any(event["player"] == player for event in self.events):
            return
        answer = self.http.post(f"/v1/admin/players/{player}/{action}")
        if (action == "hide") == self.hidden(player):
            assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_decide")
            return
        assert answer.status_code == 200, answer.json
        self.layers.append((answer.json["data"]["decision"]["id"], action, player))

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "layers", None))
    def undo(self, data):
        self.undo_one(data.draw(st.sampled_from(self.layers)))

    @rule(ms=st.sampled_from([1, 1000, DAY_MS]))
    def time_passes(self, ms):
        self.clock.advance(ms=ms)
        self.parts.boards.admin.close_due_periods()

    @rule()
    def redis_is_emptied(self):
        self.redis.flushall()

    @rule()
    def follow(self):
        self.parts.followers.catch_up("boards")

    @invariant()
    def every_list_is_the_models(self):
        if hasattr(self, "layers"):
            self.compare(self.model())

    def teardown(self):
        if not hasattr(self, "layers"):
            return
        for layer in list(reversed(self.layers)):
            self.undo_one(layer)
        self.compare(ModelBoard(self.definition, self.events))
        self.parts.followers.catch_up("boards")
        assert [str(one) for one in self.parts.boards.verifier.run()] == []

    def undo_one(self, layer):
        answer = self.http.post(f"/v1/admin/decisions/{layer[0]}/undo")
        assert answer.status_code == 200, answer.json
        self.layers.remove(layer)
        assert self.http.post(f"/v1/admin/decisions/{layer[0]}/undo").status_code == 409

    def compare(self, model):
        for region in ("", "eu"):
            expected = model.ranked_rows(region=region)
            query = {"region": region} if region else {}
            assert self.rows("entries", limit=100, **query) == expected
            assert self.in_sql(Window(BOARD, "all", region)) == [row[1] for row in expected]
            for at, row in enumerate(expected[:2]):
                assert self.row(self.get(f"entries/{row[1]}", **query)) == row
                around = self.rows(f"entries/{row[1]}/around", radius=1, **query)
                assert around == expected[max(0, at - 1) : at + 2]
        assert self.get("rank-for", score=1)["rank"] == model.rank_for(1, (0,) * len(model.column_names))
        today = self.clock.at - self.clock.at % DAY_MS
        for start in (today, today - DAY_MS):
            window = Window(BOARD, rfc3339(start)[:10], "")
            expected = model.ranked_rows(window=(start, start + DAY_MS))
            assert self.in_sql(window) == [row[1] for row in expected]
            if expected:
                assert self.rows("entries", limit=100, period=window.period) == expected
        missing = {event["player"] for event in self.events} - model.standings().keys()
        for player in missing:
            assert self.http.get(f"/v1/boards/{BOARD}/entries/{player}").status_code == 404

    def model(self):
        counted = [
            event
            for event in self.events
            if self.state(event["id"]) == "counted" and not self.hidden(event["player"])
        ]
        return ModelBoard(self.definition, counted)

    def state(self, id):
        state = "counted"
        for _, action, subject in self.layers:
            if isinstance(subject, list) and id in subject:
                state = NEXT.get((action, state), state)
        return state

    def hidden(self, player):
        actions = [action for _, action, subject in self.layers if subject == player]
        return bool(actions) and actions[-1] == "hide"

    def forget_decisions(self, player):
        found = self.http.get(f"/v1/admin/decisions?limit=100&player={player}").json["data"]
        for one in found:
            if one["status"] == "done":
                self.http.post(f"/v1/admin/decisions/{one['id']}/undo")

    def in_sql(self, window):
        order = self.parts.boards.follower.order_of(window)
        view = SqlView(self.parts.base.database, 0)
        return [place.player for place in view.ask(window, order, Listed(0, 100)).places]

    def get(self, path, **query):
        answer = self.http.get(f"/v1/boards/{BOARD}/{path}", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json["data"]

    def rows(self, path, **query):
        return [self.row(row) for row in self.get(path, **query)["entries"]]

    def row(self, row):
        columns = tuple(row["columns"][column["name"]] for column in self.definition["columns"])
        return (row["rank"], row["player"]["id"], row["score"], columns)


def test_every_list_is_as_if_what_does_not_count_had_never_come(parts, redis, clock):
    class Here(Moderated):
        pass

    Here.parts, Here.redis, Here.clock = parts, redis, clock
    play(Here, share=0.5, examples=EXAMPLES, steps=STEPS)
