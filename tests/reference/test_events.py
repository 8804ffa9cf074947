"""What streams carry is what their description says."""

from __future__ import annotations

import json

from scoreboard.stream import goodbye
from tests.boards.calls import score
from tests.contract import client_of, hold_frame
from tests.stream.steps import publish


def frames(answer):
    """The frames of a stream, as they come."""
    for part in answer.response:
        for line in part.decode().splitlines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def test_every_kind_of_frame_is_as_described(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, stream_tick_ms=0)
    parts.followers.catch_up("boards")
    client = client_of(parts)
    score(client, "main", ada=1)
    publish(parts)
    parts.hub._warm()
    parts.viewers.heartbeat_seconds = 0

    answer = client.get("/v1/stream", buffered=False)
    stream = frames(answer)
    seen = [next(stream), next(stream)]
    parts.viewers.sweep()
    seen.append(next(stream))
    score(client, "main", bob=2)
    publish(parts)
    parts.hub._read()
    parts.viewers.serve()
    seen.append(next(stream))
    for viewer in parts.viewers.all():
        parts.viewers.end(viewer, goodbye.frame("drain"))
    seen += stream
    answer.close()

    assert [frame["t"] for frame in seen] == ["hello", "snapshot", "hb", "delta", "bye"]
    for frame in seen:
        hold_frame(frame)
