"""The stream in Redis: frames, head, published boards, signals, reports, and the publisher's lease."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import asdict
from redis import Redis

from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redis import Scripts
from scoreboard.core.storage.runid import run_id
from scoreboard.stream.protocol.types import Cursor, Kick, PublishedBoard, PublishedFrame, Signal, Tell

LEASE_MS = 3000
MAX_FRAMES = 2000
MAX_SIGNALS = 1000
SIGNALS: dict[str, type[Kick | Tell]] = {"kick": Kick, "tell": Tell}

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(PublishedBoard).decode


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The stream as it was at one moment."""

    head: Cursor
    boards: dict[str, PublishedBoard]
    recent: list[PublishedFrame]  # oldest first


class StreamStore:
    """The state that publisher and hubs share. Every method may raise a RedisError."""

    def __init__(self, redis: Redis) -> None:
        """`redis` may wait: reads of frames block for up to two seconds."""
        self._redis: Any = redis
        self._scripts = Scripts(redis, "scoreboard.stream.publishing")

    def take_lease(self, token: str) -> bool:
        """Take or renew the lease. Returns True if the caller holds it."""
        return bool(self._scripts.call("renew_lease", [rediskeys.lease()], [token, LEASE_MS]))

    def release_lease(self, token: str) -> None:
        """Release the lease, if it is the caller's."""
        self._scripts.call("release_lease", [rediskeys.lease()], [token])

    def head(self) -> tuple[Cursor, str] | None:
        """The newest frame, and the run id of the server that it was published on."""
        epoch, seq, server = self._redis.hmget(rediskeys.head(), "epoch", "seq", "server")
        return None if epoch is None else (Cursor(int(epoch), int(seq)), server or "")

    def server(self) -> str:
        """The run id of the Redis server: it changes when the server is restarted."""
        return run_id(self._redis.execute_command)

    def is_complete(self) -> bool:
        """True if every published board can still be read."""
        published, stored = self._redis.hget(rediskeys.head(), "boards"), self._redis.hlen(rediskeys.shown())
        return int(published or 0) == int(stored)

    def begin_epoch(self, token: str, epoch: int, server: str) -> bool:
        """Begin a new epoch of the stream. False if the lease is lost."""
        return self._call("begin_epoch", token, epoch, server) == "ok"

    def commit(self, token: str, head: Cursor, frame: str, board: PublishedBoard) -> bool:
        """Publish a frame as the one after `head`. False if another process published."""
        state = _encode(board).decode()
        args = (head.epoch, head.seq, board.scope, frame, state, MAX_FRAMES, board.stamp)
        return self._call("commit_frame", token, *args) == "ok"

    def boards(self) -> dict[str, PublishedBoard]:
        """Every board as it was last published."""
        return {scope: _decode(text) for scope, text in self._redis.hgetall(rediskeys.shown()).items()}

    def take_dirty(self) -> set[str]:
        """The windows that changed since the last call. A hint: the scan finds the others."""
        pipeline = self._redis.pipeline()
        pipeline.smembers(rediskeys.dirty())
        pipeline.delete(rediskeys.dirty())
        return set(pipeline.execute()[0])

    def wait_dirty(self, seconds: float) -> None:
        """Wait until something changes, or for `seconds`."""
        self._redis.blpop([rediskeys.dirty_wake()], timeout=seconds)

    def ask_for(self, window: str) -> None:
        """Ask the publisher to look at a window."""
        self._redis.sadd(rediskeys.dirty(), window)
        self._redis.lpush(rediskeys.dirty_wake(), 1)

    def state(self, count: int) -> State | None:
        """Head, boards and the last frames, all of one moment; None if nothing was published."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hmget(rediskeys.head(), "epoch", "seq")
        pipeline.hgetall(rediskeys.shown())
        pipeline.xrevrange(rediskeys.frames(), count=count)
        (epoch, seq), boards, recent = pipeline.execute()
        if epoch is None:
            return None
        return State(
            head=Cursor(int(epoch), int(seq)),
            boards={scope: _decode(text) for scope, text in boards.items()},
            recent=[_frame(*one) for one in reversed(recent)],
        )

    def following(
        self, frame: Cursor, signal: Cursor, *, milliseconds: int
    ) -> tuple[list[PublishedFrame], list[tuple[Cursor, Signal]], Cursor]:
        """Frames and signals after these, and the newest signal. Waits up to `milliseconds` for any."""
        positions = {rediskeys.frames(): str(frame), rediskeys.signals(): str(signal)}
        entries_of = dict(self._redis.xread(positions, block=milliseconds, count=500) or [])
        entries = [(_cursor(id), values) for id, values in entries_of.get(rediskeys.signals(), [])]
        signals = [(id, _signal(values)) for id, values in entries]
        return (
            [_frame(*one) for one in entries_of.get(rediskeys.frames(), [])],
            [(id, signal) for id, signal in signals if signal is not None],
            entries[-1][0] if entries else signal,
        )

    def signal(self, signal: Signal) -> Cursor:
        """Send a signal to every process. Returns its id."""
        kind = next(name for name, shape in SIGNALS.items() if isinstance(signal, shape))
        values = {name: value for name, value in asdict(signal).items() if value}
        id = self._redis.xadd(
            rediskeys.signals(), {"signal": kind} | values, maxlen=MAX_SIGNALS, approximate=True
        )
        return _cursor(id)

    def newest_signal(self) -> Cursor:
        """The id of the newest signal."""
        newest = self._redis.xrevrange(rediskeys.signals(), count=1)
        return _cursor(newest[0][0]) if newest else Cursor(0, 0)

    def number(self, token: str, current: str, *, now: int, silent_since: int) -> str:
        """The number of a process, which no other has: `current` if possible, otherwise the lowest free one.

        So the metrics of a restarted process continue under the same name, on any machine.
        """
        number = current if current.isdecimal() else 0
        args = [token, number, now, silent_since]
        return str(self._scripts.call("number_process", [rediskeys.process_numbers()], args))

    def leave(self, token: str, process: str) -> None:
        """Give a number back, with the report under it."""
        self._scripts.call(
            "forget_process", [rediskeys.process_numbers(), rediskeys.processes()], [token, process]
        )

    def report(self, process: str, text: str) -> None:
        """Send the report of this process to the others."""
        self._redis.hset(rediskeys.processes(), process, text)

    def reports(self) -> dict[str, str]:
        """The last report of each process."""
        return dict(self._redis.hgetall(rediskeys.processes()))

    def forget(self, *processes: str) -> None:
        """Remove the reports of processes that are gone."""
        self._redis.hdel(rediskeys.processes(), *processes)

    def _call(self, script: str, *args: Any) -> str:
        names = [rediskeys.lease(), rediskeys.head(), rediskeys.frames(), rediskeys.shown()]
        return str(self._scripts.call(script, names, args))


def _cursor(id: str) -> Cursor:
    cursor = Cursor.parse(id)
    assert cursor is not None, "ids of entries are cursors"
    return cursor


def _signal(values: dict[str, str]) -> Signal | None:
    """The signal in an entry; None if only another release knows it."""
    try:
        return msgspec.convert(values, SIGNALS[values["signal"]])
    except (KeyError, msgspec.ValidationError):
        return None


def _frame(id: str, values: dict[str, str]) -> PublishedFrame:
    return PublishedFrame(
        cursor=_cursor(id), scope=values["scope"], line=values["frame"], stamp=values["stamp"]
    )
