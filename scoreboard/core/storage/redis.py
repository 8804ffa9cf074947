"""Redis clients: one that gives up quickly, for requests, and one that may wait for messages."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, WatchError
from redis.retry import Retry

from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redisreasons import UNREACHABLE, reason_of
from scoreboard.core.storage.runid import run_id

__all__ = [
    "Breaker",
    "RedisAway",
    "RedisError",
    "Scripts",
    "SharedReads",
    "connect",
    "connect_patient",
    "keepalive",
    "probe",
]

T = TypeVar("T")

HOT_SECONDS = 0.25  # a stalled Redis delays one request by this much, once per rest of the breaker
REST_SECONDS = 0.5  # the first rest after a failure; each further one is twice as long
LONGEST_REST_SECONDS = 2.0


UNREADABLE = "replace"  # bytes that are not UTF-8 were altered: read as another text, they fail a later check

SHARED = re.compile(r"^-- with (_\w+\.lua)$", re.MULTILINE)  # includes a file that scripts share


class RedisAway(Exception):
    """Redis did not answer, refused, or rests after a failure."""

    def __init__(self, text: str, reason: str = UNREACHABLE) -> None:
        """`reason` is one of `redisreasons`."""
        super().__init__(text)
        self.reason = reason


class Breaker:
    """A circuit breaker: after a failure, Redis is not asked until a rest is over."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._resting_until = 0.0
        self._rest_seconds = REST_SECONDS
        self._reason = UNREACHABLE  # of the rest
        self.server = ""  # run id of the last server: another one may hold older data

    @property
    def open(self) -> bool:
        """True while Redis is not asked."""
        return self._monotonic() < self._resting_until

    def call(self, work: Callable[[], T]) -> T:
        """Do `work`. Raises RedisAway if Redis fails, or rests after a failure."""
        if self.open:
            raise RedisAway("Redis failed just now, and is not asked for a moment", self._reason)
        try:
            result = work()
        except (RedisError, OSError) as error:
            self.rest()
            self._reason = reason_of(error)
            raise RedisAway(str(error), self._reason) from error
        self.note_success()
        return result

    def note_success(self) -> None:
        """The rest after the next failure is a short one."""
        self._rest_seconds = REST_SECONDS

    def rest(self) -> None:
        """Don't ask Redis for a while, after a failure."""
        with self._lock:
            if self.open:
                return  # calls at the same time failed together
            self._resting_until = self._monotonic() + self._rest_seconds
            self._rest_seconds = min(2 * self._rest_seconds, LONGEST_REST_SECONDS)


def connect(url: str, breaker: Breaker) -> Redis:
    """A client for the hot path: it gives up quickly, and never sends a command twice.

    By default redis-py retries ten times after a lost reply, which repeats writes and takes a minute. It
    reconnects silently, so each new connection tells `breaker` the server's run id.
    """

    def greet(connection: Any) -> None:
        def ask(*words: str) -> Any:
            connection.send_command(*words)
            return connection.read_response()

        connection.on_connect()
        breaker.server = run_id(ask)

    return Redis.from_url(
        url,
        redis_connect_func=greet,
        socket_timeout=HOT_SECONDS,
        socket_connect_timeout=HOT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        encoding_errors=UNREADABLE,
        protocol=2,
    )


def probe(redis: Redis) -> None:
    """Run a script that writes, as the product does. Raises a RedisError with the reason of a failure."""
    redis.eval("return redis.call('SET', KEYS[1], 1, 'EX', 60)", 1, rediskeys.probe())


def connect_patient(url: str, *, seconds: float = 5.0) -> Redis:
    """A client for blocking reads and for loading boards. It waits up to `seconds` for an answer."""
    return Redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        encoding_errors=UNREADABLE,
        protocol=2,
        **keepalive(url),
    )


def keepalive(url: str) -> dict[str, bool]:
    """The option that detects a dead peer, for connections over a network."""
    return {} if url.startswith("unix:") else {"socket_keepalive": True}


class Scripts:
    """A package's Lua scripts, called by their digests."""

    def __init__(self, redis: Redis, package: str) -> None:
        self._redis = redis
        texts = {
            path.name: path.read_text()
            for path in files(package).joinpath("lua").iterdir()
            if path.name.endswith(".lua")
        }
        self._texts = {
            name.removesuffix(".lua"): SHARED.sub(lambda line: texts[line[1]], text)
            for name, text in texts.items()
            if not name.startswith("_")
        }
        self._digests = {
            name: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            for name, text in self._texts.items()
        }

    def queue(self, pipeline: Any, name: str, keys: Sequence[str], args: Sequence[Any]) -> None:
        """Queue a script in a pipeline."""
        pipeline.evalsha(self._digests[name], len(keys), *keys, *args)

    def execute(self, fill: Callable[[Any], None]) -> list[Any]:
        """Send the commands that `fill` queues, in one pipeline. A restarted Redis gets the scripts again.

        Then the pipeline runs twice, so its scripts must be idempotent.
        """
        try:
            return self._once(fill)
        except NoScriptError:
            with self._redis.pipeline(transaction=False) as pipeline:
                for text in self._texts.values():
                    pipeline.script_load(text)
                pipeline.execute()
            return self._once(fill)

    def call(self, name: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run one script."""
        return self.execute(lambda pipeline: self.queue(pipeline, name, keys, args))[0]

    def write_unchanged(
        self, name: str, keys: Sequence[str], args: Sequence[Any], write: Callable[[Any, Any], None]
    ) -> bool:
        """Run a script that reads, then the commands that `write` queues for its answer, in a transaction.

        Returns False, and writes nothing, if the script answers nothing or is not loaded, or if a key was
        changed since.
        """
        with self._redis.pipeline() as pipeline:
            try:
                pipeline.watch(*keys)  # from here to `multi` commands are sent at once
                answer = pipeline.evalsha(self._digests[name], len(keys), *keys, *args)
                if answer is None:
                    return False
                pipeline.multi()
                write(pipeline, answer)
                pipeline.execute()
            except (WatchError, NoScriptError):
                return False
        return True

    def _once(self, fill: Callable[[Any], None]) -> list[Any]:
        with self._redis.pipeline(transaction=False) as pipeline:
            fill(pipeline)
            answers: list[Any] = pipeline.execute()
            return answers


class SharedReads:
    """Reads of many callers at the same time, in one pipeline.

    A command of its own costs a process several times as much: a connection to borrow, to check, to wait for.
    """

    def __init__(self, scripts: Scripts, breaker: Breaker) -> None:
        self._scripts, self._breaker = scripts, breaker
        self._coalescer: Coalescer[Callable[[Any], None], Any] = Coalescer(self._trip)

    def ask(self, queue: Callable[[Any], None]) -> Any:
        """The answer to the one command that `queue` puts into a pipeline. Raises RedisAway."""
        return self._coalescer.ask(queue)

    def _trip(self, queues: Sequence[Callable[[Any], None]]) -> Sequence[Any]:
        def fill(pipeline: Any) -> None:
            for queue in queues:
                queue(pipeline)

        return self._breaker.call(lambda: self._scripts.execute(fill))
