"""Boards of many players: rows are written to SQL directly, and into Redis by the product's own code."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import peewee
from redis import Redis
from tqdm import tqdm

from config.settings import Settings
from scoreboard.boards.order import Order
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Period, Standing, Window
from scoreboard.journal import store as journal
from scoreboard.journal.types import FIRST_SHARD, Fact, Position, RecordedFact
from scoreboard.parts import Parts, build
from tests.support import KEY

PAGE = 10_000
PAGES = 50  # in one transaction
JOURNALED = (
    1_000_000  # players; of larger boards only the last journal line is written, since reads need no other
)
CACHE_KB = 500_000
SAMPLED_MEMBERS = 100_000  # of a key, for its size: looking at ten million would block Redis for long
REDIS_SECONDS = 60
ALL = Period("all", "all", None, None)
CONTEXT = {"caller": "bootstrap", "request": "0123456789abcdef", "address": "0123456789abcdef"}
INDEX = "CREATE INDEX standing_order ON standing (window_id, sort_key, player)"


@dataclass(frozen=True, kw_only=True)
class BuiltBoard:
    """A board in SQL and Redis, with the time and the memory that building it in Redis took."""

    id: str
    players: int
    seconds: float
    plain_seconds: float  # the same players by plain commands, without SQL and without scripts
    redis_bytes: int
    plain_bytes: int

    @property
    def ties(self) -> str:
        return self.id.partition("-")[0]

    @property
    def title(self) -> str:
        return f"{self.players:,} players, {self.ties}"


def player(number: int) -> str:
    """A player's id. Ids are in the order of the numbers, so that the table's pages are filled one by one."""
    return f"player-{number:08}"


def scores(players: int) -> Iterator[int]:
    """The scores of a board's players, the same for each board of this size."""
    random = Random(players)
    return (random.randrange(players) for _ in range(players))


def build_boards(folder: Path, redis_url: str, wanted: Sequence[tuple[int, str]]) -> list[BuiltBoard]:
    """Build boards of these sizes and tie rules, as a product that ran for long would have them."""
    parts, boards = _fill_sql(folder, redis_url, wanted)
    built = [_build_window(parts, board, redis_url) for board in boards]
    parts.boards.follower.view.position.begin_at(*parts.journal.newest())
    parts.close()
    return built


def fill_boards(folder: Path, redis_url: str, wanted: Sequence[tuple[int, str]]) -> list[str]:
    """Fill boards in SQL only. Returns their ids."""
    parts, boards = _fill_sql(folder, redis_url, wanted)
    parts.close()
    return [board.id for board in boards]


def _fill_sql(folder: Path, redis_url: str, wanted: Sequence[tuple[int, str]]) -> tuple[Parts, list[Board]]:
    settings = Settings(data_dir=folder, redis_url=redis_url, secret_key="x" * 32, bootstrap_key=KEY)
    folder.mkdir(exist_ok=True)
    parts = build(settings)
    parts.base.migrate()
    parts.preparation.prepare()
    boards = [_define(parts, size, ties) for size, ties in wanted]
    parts.followers.catch_up("boards")

    def fill(db: peewee.Database) -> None:
        db.execute_sql(f"PRAGMA cache_size = -{CACHE_KB}")
        db.execute_sql("DROP INDEX standing_order")  # creating it afterwards takes a tenth of the time
        for board, (size, _) in zip(boards, wanted, strict=True):
            _fill(db, board, size, bar)
        db.execute_sql(INDEX)

    total = sum(size for size, _ in wanted)
    with tqdm(total=total, unit=" players", desc="loading SQL", disable=None) as bar:
        parts.base.database.run(fill)
    _skip_audit(parts)
    return parts, boards


def _define(parts: Parts, size: int, ties: str) -> Board:
    body = {"title": f"{size} players", "operator": "best", "ties": ties}
    board, _ = parts.boards.admin.define(f"{ties}-{size}", body, context={})
    return board


def _fill(db: peewee.Database, board: Board, size: int, bar: tqdm) -> None:
    """Write a journal line and a standing for each player, as that many requests would."""
    lines_of = journal.JournalTable(db, FIRST_SHARD)
    seq, at = lines_of.lock()
    row = Windows(db).create(Window(board.id, "all", ""), ALL, version=seq, at=at)
    order = Order(board.definition, board.layout)
    lines = _lines(board, size, seq, at)
    while pages := [page for _ in range(PAGES) if (page := list(islice(lines, PAGE)))]:
        with db.atomic():
            for page in pages:
                lines_of.write(page if size <= JOURNALED else page[-1:])
                Standings(db).write([(row.id, _standing(line)) for line in page], order)
                bar.update(len(page))
            row.version, row.entries = pages[-1][-1].seq, size
            Windows(db).write(row)


def _lines(board: Board, size: int, seq: int, at: int) -> Iterator[RecordedFact]:
    for number, score in enumerate(scores(size)):
        seq += 1
        fact = Fact(
            id=f"score:{seq:024x}",
            kind="score",
            player=player(number),
            board=board.id,
            amount=score,
            data={"feeds": [[board.id, "", 0]]},
            context=CONTEXT,
        )
        result = {"boards": {board.id: {"operator": "best", "standings": [["all", "", score, seq]]}}}
        yield RecordedFact(position=Position(FIRST_SHARD, seq), at=at, fact=fact, result=result)


def _standing(line: RecordedFact) -> Standing:
    return Standing(
        player=line.fact.player,
        score=line.fact.amount,
        columns=(),
        reached_at=line.at,
        reached_by=line.position.number,
        version=line.seq,
    )


def _build_window(parts: Parts, board: Board, redis_url: str) -> BuiltBoard:
    """Build the window as `rebuild` does, and measure the memory of Redis."""
    row = parts.boards.windows.get(Window(board.id, "all", ""))
    assert row is not None
    parts.boards.follower.catalogue.refresh()
    with tqdm(total=row.entries, unit=" standings", desc=f"rebuilding {board.id}", disable=None) as bar:
        begun = time.perf_counter()
        assert parts.boards.follower.build(row, progress=bar.update)
        seconds = time.perf_counter() - begun
    plain_seconds, plain_bytes = plain(redis_url, row.entries)
    return BuiltBoard(
        id=board.id,
        players=row.entries,
        seconds=seconds,
        plain_seconds=plain_seconds,
        redis_bytes=_memory(redis_url, board.id),
        plain_bytes=plain_bytes,
    )


def plain(redis_url: str, players: int) -> tuple[float, int]:
    """Seconds for a sorted set and a hash of this many players, and the bytes of the sorted set."""
    numbered = enumerate(scores(players))
    with Redis.from_url(redis_url, socket_timeout=REDIS_SECONDS) as redis:
        begun = time.perf_counter()
        while page := {player(number): score for number, score in islice(numbered, 1000)}:
            with redis.pipeline(transaction=False) as pipeline:
                pipeline.zadd("plain", page)
                pipeline.hset("plain-hash", mapping=page)
                pipeline.execute()
        seconds = time.perf_counter() - begun
        weight = int(redis.memory_usage("plain", samples=SAMPLED_MEMBERS) or 0)
        redis.unlink("plain", "plain-hash")
    return seconds, weight


def _memory(redis_url: str, board: str) -> int:
    with Redis.from_url(redis_url, decode_responses=True, socket_timeout=REDIS_SECONDS) as redis:
        names = redis.scan_iter(f"sb:{{{board}/*", count=1000)
        return sum(int(redis.memory_usage(name, samples=SAMPLED_MEMBERS) or 0) for name in names)


def _skip_audit(parts: Parts) -> None:
    """Write the newest fact's audit line only, so that the follower of the audit log has nothing to do.

    It would use the cores on which the reads are measured.
    """
    head = parts.journal.head()
    if parts.audit.log.newest(head.shard) < head:
        before = Position(head.shard, head.seq - 1)
        parts.audit.follower.follow(parts.journal.after(before, 1))
