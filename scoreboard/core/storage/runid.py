"""Which run of a Redis server answers.

INFO would tell, but hosts refuse it. A server forgets its scripts when it ends, and never saves them: so a
script that was loaded under the name of this run tells whether it is still the same.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from redis.exceptions import ResponseError

from scoreboard.core.storage import rediskeys

Ask = Callable[..., Any]  # a command, word by word

# Who meets a new run at the same time as others takes the name that one of them gave it.
NAME_RUN = """
if (redis.call("GET", KEYS[1]) or "") == ARGV[1] then redis.call("SET", KEYS[1], ARGV[2]) end
return redis.call("GET", KEYS[1])
"""


def run_id(ask: Ask) -> str:
    """The name of the run that answers; empty where it can't be told, as of a server that takes no writes."""
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
