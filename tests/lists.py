"""Random lists of a board, and the frames that lead from one to another."""

from __future__ import annotations

from scoreboard.stream.protocol.diff import checksum, difference, fields
from scoreboard.stream.protocol.types import Line

TIES = ("ordinal", "competition", "dense")


def random_lines(chance):
    players = chance.sample([f"p{number}" for number in range(14)], chance.randrange(14))
    lines = [
        Line(
            id=player,
            n=chance.choice([player, "محمد", "日本\u2028", "👩‍👧 <b>"]),
            s=chance.choice([chance.randrange(-3, 4), chance.randrange(-(2**53) + 1, 2**53)]),
            c=(chance.randrange(2), chance.randrange(2)),
            m=chance.choice([None, {"team": "Röd"}, {"team": "Röd", "site": "https://example.com"}]),
        )
        for player in players
    ]
    return sorted(lines, key=lambda line: (-line.s, tuple(-value for value in line.c)))


def rank_lines(lines, ties):
    results = [(line.s, line.c) for line in lines]
    if ties == "ordinal":
        return list(range(1, len(lines) + 1))
    if ties == "competition":
        return [results.index(result) + 1 for result in results]
    return [list(dict.fromkeys(results)).index(result) + 1 for result in results]


def snapshot(lines):
    return {
        "t": "snapshot",
        "id": "7-1",
        "b": "main",
        "s": 1,
        "rank": "ordinal",
        "period": "all",
        "columns": ["a", "b"],
        "tot": len(lines),
        "crc": checksum(lines),
        "top": [fields(line) for line in lines],
    }


def delta(old, new):
    return {"t": "delta", "b": "main", "p": 1, "s": 2, "crc": checksum(new)} | difference(old, new)
