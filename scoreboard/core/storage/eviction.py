"""The eviction policy of Redis, as far as it can be found out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError, ResponseError

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
KEEPS = ("", "noeviction")


@dataclass(kw_only=True)
class Eviction:
    """Asks Redis for its eviction policy every minute, until Redis refuses the command."""

    redis: Redis
    monotonic: Callable[[], float] = time.monotonic
    _policy: str = ""
    _due: float = float("-inf")

    @property
    def policy(self) -> str:
        """The policy by which keys are evicted; empty if none are, or it is not known."""
        now = self.monotonic()
        if now >= self._due:
            self._due = now + LOOK_SECONDS
            self._look()
        return "" if self._policy in KEEPS else self._policy

    def _look(self) -> None:
        before = self._policy
        try:
            self._policy = str(self.redis.info("memory").get("maxmemory_policy", ""))
        except ResponseError:
            self._due = float("inf")  # this user may not ask: further attempts would fill Redis's ACL log
        except (RedisError, OSError):
            return
        if self._policy not in (*KEEPS, before):
            log.warning(
                "Redis may evict boards and jobs: set its maxmemory-policy to noeviction",
                extra={"policy": self._policy},
            )
