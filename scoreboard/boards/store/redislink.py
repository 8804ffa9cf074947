"""The link of boards to Redis: it runs their scripts, through the breaker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from redis import Redis

from scoreboard.core.storage.redis import Breaker, Scripts, SharedReads

T = TypeVar("T")


class RedisLink:
    """One Redis client with the scripts of boards. Every method raises RedisAway if Redis fails."""

    def __init__(self, redis: Redis, breaker: Breaker) -> None:
        self._redis, self._breaker = redis, breaker
        self._scripts = Scripts(redis, "scoreboard.boards")
        self._reads = SharedReads(self._scripts, breaker)

    @property
    def server(self) -> str:
        """Run id of the server that was last met."""
        return self._breaker.server

    def do(self, work: Callable[[Redis], T]) -> T:
        """Run plain commands."""
        return self._breaker.call(lambda: work(self._redis))

    def pipeline(self, fill: Callable[[Any], None]) -> list[Any]:
        """Send what `fill` queues in one pipeline. It may be sent twice."""
        return self._breaker.call(lambda: self._scripts.execute(fill))

    def queue(self, pipeline: Any, script: str, keys: Sequence[str], args: Sequence[Any]) -> None:
        """Queue a script in a pipeline."""
        self._scripts.queue(pipeline, script, keys, args)

    def call(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run one script."""
        return self._breaker.call(lambda: self._scripts.call(script, keys, args))

    def write_unchanged(
        self,
        script: str,
        keys: Sequence[str],
        args: Sequence[Any],
        write: Callable[[Any, Any], None],
    ) -> bool:
        """Run a script that reads, then the commands that `write` queues for its answer, in a transaction.

        Returns False, and writes nothing, if the script answers nothing, or if a key was changed since.
        """
        return self._breaker.call(lambda: self._scripts.write_unchanged(script, keys, args, write))

    def read(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run one script that only reads, in one trip with those that others read at the same time."""
        return self._reads.ask(lambda pipeline: self._scripts.queue(pipeline, script, keys, args))
