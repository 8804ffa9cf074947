"""Tells whether a Redis server was restarted, by a name for each of its runs. A restart may lose data.

INFO has a run id, but some hosted servers refuse INFO. A server forgets its scripts when it ends, so a script
that contains the name of a run exists only during that run.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from redis.exceptions import ResponseError

from scoreboard.core.storage import rediskeys

Ask = Callable[..., Any]  # sends a command, one argument per word, and returns the answer

# If several processes name a new run at the same time, all of them use the first name.
NAME_RUN = """
if (redis.call("GET", KEYS[1]) or "") == ARGV[1] then redis.call("SET", KEYS[1], ARGV[2]) end
return redis.call("GET", KEYS[1])
"""


def run_id(ask: Ask) -> str:
    """The name of the server's current run; empty if it is unknown, as for a server that refuses writes."""
    try:
        current = str(ask("GET", rediskeys.run()) or "")
        if current and ask("SCRIPT", "EXISTS", _digest(current))[0]:
            return current
        name = secrets.token_hex(8)
        ask("SCRIPT", "LOAD", _script(name))
        return str(ask("EVAL", NAME_RUN, "1", rediskeys.run(), current, name))
    except ResponseError:
        return ""


def _script(name: str) -> str:
    return f"return '{name}'"


def _digest(name: str) -> str:
    return hashlib.sha1(_script(name).encode(), usedforsecurity=False).hexdigest()
