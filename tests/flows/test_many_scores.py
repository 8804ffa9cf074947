"""Many random scores, a hundred thousand in `make faults`: journal, standings, Redis and the API agree."""

from __future__ import annotations

import os
import random

from scoreboard.boards.order import Order
from scoreboard.boards.periods import ALL
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.types import Window
from scoreboard.boards.views import Listed
from tests.model import ModelBoard

BOARDS = {
    "sum": {"operator": "increment", "ties": "competition"},
    "low": {
        "operator": "best",
        "order": "asc",
        "ties": "dense",
        "columns": [{"name": "time", "order": "asc"}],
    },
    "two": {"operator": "increment", "columns": [{"name": "a"}, {"name": "b", "order": "asc"}]},
    "any": {"operator": "set", "ties": "ordinal", "regions": ["eu", "na"]},
}
BATCHES, SIZE, PLAYERS = 100 if os.environ.get("FAULTS") == "long" else 20, 1000, 400


def test_many_random_scores_add_up(client, parts, clock):
    draw = random.Random(7)
    models = {board: ModelBoard(definition) for board, definition in BOARDS.items()}
    for board, definition in BOARDS.items():
        assert client.put(f"/v1/admin/boards/{board}", json=definition).status_code == 201
    for number in range(BATCHES):
        board = list(BOARDS)[number % len(BOARDS)]
        entries = [entry(draw, models[board]) for _ in range(SIZE)]
        report = submit(client, board, number, entries)
        assert (report["accepted"] + report["replayed"], report["rejected"]) == (SIZE, [])
        models[board].accepted += [
            {"region": "", "columns": {}, "operator": BOARDS[board]["operator"], "at": clock.at} | one
            for one in entries
        ]
        clock.advance(ms=draw.randrange(3))

    parts.followers.catch_up("boards")

    assert parts.boards.verifier.run() == []
    for board, model in models.items():
        expected = model.ranked_rows()
        assert api_rows(client, board, model) == expected
        assert sql_rows(parts, board) == [row[:3] for row in expected]
        for row in draw.sample(expected, 40):
            one = client.get(f"/v1/boards/{board}/entries/{row[1]}").json["data"]
            around = client.get(f"/v1/boards/{board}/entries/{row[1]}/around?radius=2").json["data"][
                "entries"
            ]
            would = client.get(f"/v1/boards/{board}/rank-for?score={row[2]}").json["data"]
            assert one["rank"] == row[0]
            assert [near["rank"] for near in around if near["player"]["id"] == row[1]] == [row[0]]
            assert would["rank"] == model.rank_for(row[2], (0,) * len(model.column_names))


def submit(client, board: str, number: int, entries: list[dict]) -> dict:
    """Submit a batch. If it exceeds a call's deadline, as on a busy machine, it is sent again."""
    for _ in range(5):
        answer = client.post(
            f"/v1/boards/{board}/scores",
            json={"entries": entries},
            headers={"Idempotency-Key": f"batch-{number}"},
        )
        if answer.status_code != 503:
            break
    return answer.json["data"]


def entry(draw: random.Random, model: ModelBoard) -> dict:
    fields = {"player": f"p{draw.randrange(PLAYERS)}", "score": draw.randrange(-5, 30)}
    if model.column_names:
        fields["columns"] = {name: draw.randrange(4) for name in model.column_names}
    if model.definition.get("regions"):
        fields["region"] = draw.choice(["eu", "na"])
    return fields


def api_rows(client, board, model):
    rows, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/v1/boards/{board}/entries?limit=70&cursor={cursor}").json
        cursor = answer["page"]["next"]
        rows += [
            (row["rank"], row["player"]["id"], row["score"], tuple(row["columns"].values()))
            for row in answer["data"]["entries"]
        ]
    return rows


def sql_rows(parts, board):
    definition = parts.boards.service.board(board)
    order = Order(definition.definition, definition.layout)
    answer = SqlView(parts.base.database, parts.journal.shard).ask(
        Window(board, ALL.id, ""), order, Listed(0, 10_000)
    )
    return [(order.rank(place), place.player, order.read(place.key)[0]) for place in answer.places]
