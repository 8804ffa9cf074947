"""docs/redis-keys.md lists every key, and no other."""

from __future__ import annotations

import inspect
import re

from scoreboard.core.storage import rediskeys
from tests.docs import pages

KEY = re.compile(r"^\| `(sb:[^`]*)` \|", re.MULTILINE)
TAG = rediskeys.window("main/all/eu")
EXAMPLES = {
    "board": "main",
    "period": "all",
    "segment": "eu",
    "tag": TAG,
    "key": rediskeys.order(TAG),
    "shard": 0,
    "counter": "stream/52d3…/600/1/minute",
}


def test_every_key_is_documented():
    keys = set()
    for name, function in inspect.getmembers(rediskeys, inspect.isfunction):
        if name != "window":
            keys.add(function(*(EXAMPLES[parameter] for parameter in inspect.signature(function).parameters)))

    assert set(KEY.findall(pages.text("docs/redis-keys.md"))) == keys


def test_the_hash_tag_is_documented():
    assert f"`{TAG}`" in pages.text("docs/redis-keys.md")
