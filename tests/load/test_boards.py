"""Boards that are filled without the API are as the product would have left them."""

from __future__ import annotations

from config.settings import Settings
from scoreboard.journal.types import FIRST_SHARD
from scoreboard.parts import build
from tests.load.boards import fill_boards


def test_the_audit_follower_continues_at_the_head(tmp_path, redis_server, redis):
    fill_boards(tmp_path, redis_server, [(3, "ordinal")])

    parts = build(Settings(data_dir=tmp_path, redis_url=redis_server, secret_key="x" * 32))
    resumed, head = parts.audit.follower.resume(FIRST_SHARD, None), parts.journal.head()
    parts.close()

    assert head.seq > 3
    assert resumed == head
