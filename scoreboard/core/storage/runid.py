"""Identifies the run of a Redis server: another run may have lost data.

INFO has a run id, but some hosts refuse INFO. A server forgets its scripts when it ends. So a script that is
named after a run exists only during that run.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from redis.exceptions import ResponseError

from scoreboard.core.storage import rediskeys

Ask = Callable[..., Any]  # sends a command, given word by word, and returns the answer

# Of several processes that name a new run at the same time, all take the first name.
NAME_RUN = """
if (redis.call("GET", KEYS[1]) or "") == ARGV[1] then redis.call("SET", KEYS[1], ARGV[2]) end
return redis.call("GET", KEYS[1])
"""


def run_id(ask: Ask) -> str:
    """The name of the run that answers; empty if it is unknown, as for a server that refuses writes."""
    try:
        known = str(ask("GET", rediskeys.run()) or "")
        if known and ask("SCRIPT", "EXISTS", _digest(known))[0]:
            return known
        made = secrets.token_hex(8)
        ask("SCRIPT", "LOAD", _script(made))
        return str(ask("EVAL", NAME_RUN, "1", rediskeys.run(), known, made))
    except ResponseError:
        return ""


def _script(name: str) -> str:
    return f"return '{name}'"


def _digest(name: str) -> str:
    return hashlib.sha1(_script(name).encode(), usedforsecurity=False).hexdigest()
