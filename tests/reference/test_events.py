"""Every kind of frame agrees with its description."""

from __future__ import annotations

import json
import threading

from scoreboard.stream.protocol import closing
from tests.boards.calls import score
from tests.contract import check_frame, client_of
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
    parts.stream.hub.warm()
    parts.stream.serving.sweeper.heartbeat_seconds = 0

    serving = threading.Thread(target=parts.stream.serving.loop.run)
    serving.start()
    answer = client.get("/v1/stream", buffered=False)
    stream, kinds = frames(answer), []
    for frame in stream:
        check_frame(frame)
        kinds.append(frame["t"])
        if kinds == ["hello", "snapshot", "hb"]:
            score(client, "main", bob=2)
            publish(parts)
            parts.stream.hub.read()
        if frame["t"] == "delta":
            for viewer in parts.stream.viewers.all():
                parts.stream.viewers.end(viewer, closing.frame("drain"))
    answer.close()
    parts.stream.serving.loop.stop()
    serving.join()

    assert list(dict.fromkeys(kinds)) == ["hello", "snapshot", "hb", "delta", "bye"]
