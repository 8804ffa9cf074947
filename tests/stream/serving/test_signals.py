"""Signals: kicks end streams, and tells deliver private frames, in all processes."""

from __future__ import annotations

import threading
import time

import pytest

from scoreboard.accounts.types import Player
from scoreboard.core.storage import rediskeys
from scoreboard.stream.protocol.carriers import CHUNKED, EVENTS, MESSAGES
from scoreboard.stream.protocol.types import Cursor, Kick
from scoreboard.stream.serving.admission import StreamClient
from scoreboard.stream.serving.fanout import MAIL
from tests.contract import check_frame, client_of
from tests.stream.serving.test_viewers import RecordingViewer
from tests.stream.steps import publish
from tests.support import wait_until

AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture
def watching(parts):
    """Open a stream of a player in a process."""

    def watching(player="ada", process=parts, carrier=EVENTS):
        process.stream.hub.warm()
        viewer = RecordingViewer(
            process.stream.viewers, process.stream.slots.admit(StreamClient(player=player))
        )
        resumed = process.stream.hub.resume(["main"], "")
        viewer.at = resumed.at
        process.stream.serving.join(viewer, ["main"], carrier, resumed)
        viewer.got = b""
        return viewer

    publish(parts)
    return watching


def tells_of(viewer):
    return [frame["data"] for frame in viewer.frames if frame["t"] == "tell"]


def test_a_tell_reaches_every_stream_of_a_player_once_and_no_other(parts, watching):
    one, other, stranger, anonymous = watching(), watching(), watching("bob"), watching("")

    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.hub.read()

    assert [tells_of(viewer) for viewer in (one, other, stranger, anonymous)] == [
        [{"n": 1}],
        [{"n": 1}],
        [],
        [],
    ]
    check_frame(one.frames[0])


@pytest.mark.parametrize("carrier", [EVENTS, CHUNKED, MESSAGES])
def test_each_carrier_carries_a_tell(parts, watching, carrier):
    viewer = watching(carrier=carrier)

    parts.stream.signals.tell("ada", "merged", {"n": 1})

    assert b'{"t":"tell","kind":"merged","at":"2026-01-01T00:00:00.000Z","data":{"n":1}}' in viewer.got


def test_a_tell_reaches_streams_in_other_processes(parts, watching, make_parts, sqlite_url):
    other = make_parts(sqlite_url)
    other_viewer = watching(process=other)

    parts.stream.signals.tell("ada", "merged", {"n": 1})
    other.stream.hub.read()

    assert tells_of(other_viewer) == [{"n": 1}]


def test_a_tell_does_not_reach_a_stream_that_opens_later(parts, watching):
    parts.stream.hub.warm()
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.hub.read()

    assert tells_of(watching()) == []


def test_a_signal_that_was_read_before_its_sender_had_an_answer_is_delivered_once(parts, watching):
    viewer, store = watching(), parts.stream.signals.store
    send = store.signal

    def read_at_once(signal):
        id = send(signal)
        parts.stream.hub.read()
        return id

    store.signal = read_at_once
    parts.stream.signals.tell("ada", "merged", {"n": 1})

    assert tells_of(viewer) == [{"n": 1}]


def test_a_tell_before_a_kick_comes_before_its_bye(parts, watching):
    viewer = watching()

    parts.stream.signals.tell("ada", "merged", {})
    parts.stream.signals.kick(Kick(player="ada"))

    assert [frame["t"] for frame in viewer.frames] == ["tell", "bye"]


def test_without_redis_a_tell_reaches_this_process_only(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, redis_url=AWAY)
    parts.stream.hub.degraded = True
    viewer = RecordingViewer(parts.stream.viewers, parts.stream.slots.admit(StreamClient(player="ada")))
    resumed = parts.stream.hub.resume(["main"], "")
    parts.stream.serving.join(viewer, ["main"], EVENTS, resumed)

    parts.stream.signals.tell("ada", "merged", {"n": 1})

    assert tells_of(viewer) == [{"n": 1}]


def test_frames_for_a_blocked_stream_wait_until_it_can_take_more(parts, watching):
    viewer = watching()
    viewer.full = True
    for number in range(MAIL + 1):
        parts.stream.signals.tell("ada", "merged", {"n": number})
    assert viewer.frames == []

    viewer.full = False
    parts.stream.viewers.on_drained(viewer)
    parts.stream.serving.serve()

    assert tells_of(viewer) == [{"n": number} for number in range(MAIL)]


def test_frames_that_wait_come_before_the_bye(parts, watching):
    viewer = watching()
    viewer.full = True
    parts.stream.signals.tell("ada", "merged", {})

    parts.stream.signals.kick(Kick(player="ada"))

    assert [frame["t"] for frame in viewer.frames] == ["tell", "bye"]


def test_a_position_that_polls_get_never_passes_a_signal_that_is_still_to_come(parts, watching):
    watching()
    read = []
    parts.stream.hub.signal_listeners.append(
        lambda id, signal: read.append(id == parts.stream.hub.signals_read)
    )
    for _ in range(2):
        parts.stream.signals.tell("ada", "merged", {})

    parts.stream.hub.read()

    assert read == [True, True]


def test_a_signal_that_fails_is_not_received_again(parts, watching):
    viewer = watching()

    def fail(id, signal):
        raise ZeroDivisionError

    parts.stream.hub.signal_listeners.append(fail)
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.signals.tell("ada", "merged", {"n": 2})
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            parts.stream.hub.read()
    parts.stream.hub.signal_listeners.remove(fail)
    parts.stream.signals.tell("ada", "merged", {"n": 3})
    parts.stream.hub.read()

    assert tells_of(viewer) == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_a_signal_of_another_release_is_ignored(parts, watching, redis):
    viewer = watching()
    redis.xadd(rediskeys.signals(), {"signal": "dance", "player": "ada"})
    redis.xadd(rediskeys.signals(), {"player": "ada"})
    redis.xadd(rediskeys.signals(), {"signal": "tell", "player": "ada"})
    redis.xadd(rediskeys.signals(), {"signal": "kick", "player": "ada", "colour": "red"})

    parts.stream.hub.read()

    assert [frame["t"] for frame in viewer.frames] == ["bye"]


@pytest.fixture
def poll(parts, clock):
    """Poll with ada's ticket."""
    publish(parts)
    parts.stream.hub.warm()
    player = parts.stream.tickets.issue(_player(clock))
    http = client_of(parts)
    return lambda **query: http.get("/v1/poll", query_string={"ticket": player, **query}).json


def _player(clock):
    return Player(id="ada", session="s", role="player", issued_at=clock(), expires_at=clock() + 600_000)


def private(body):
    return [frame["data"] for frame in body["frames"] if frame["t"] == "tell"]


def test_a_poll_gets_the_tells_since_the_poll_before(parts, poll):
    first = poll()
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.signals.tell("bob", "merged", {"n": 2})
    parts.stream.hub.read()

    second = poll(since=first["id"], told=first["told"])
    third = poll(since=second["id"], told=second["told"])

    assert [private(body) for body in (first, second, third)] == [[], [{"n": 1}], []]


def test_a_poll_without_a_position_gets_no_earlier_tell(parts, poll):
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.hub.read()

    assert private(poll()) == []
    assert private(poll(told="nonsense")) == []


def test_the_next_poll_may_go_to_another_process(parts, poll, make_parts, sqlite_url, clock):
    other = make_parts(sqlite_url)
    other.stream.hub.warm()
    first = poll()
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    for process in (parts, other):
        process.stream.hub.read()
    ticket = other.stream.tickets.issue(_player(clock))

    body = client_of(other).get(f"/v1/poll?ticket={ticket}&since={first['id']}&told={first['told']}").json

    assert private(body) == [{"n": 1}]
    assert Cursor.parse(body["told"]) > Cursor.parse(first["told"])


def test_a_poll_without_a_ticket_has_no_position_of_private_frames(parts, poll):
    assert "told" not in client_of(parts).get("/v1/poll").json


def test_a_poll_that_waits_gets_a_tell_at_once(parts, poll):
    first, found = poll(), []
    start = time.monotonic()
    waiting = threading.Thread(
        target=lambda: found.append(poll(since=first["id"], told=first["told"], wait=20)), daemon=True
    )
    waiting.start()
    wait_until(lambda: parts.stream.slots.in_use == 1)
    parts.stream.signals.tell("ada", "merged", {"n": 1})
    parts.stream.hub.read()
    waiting.join(10)

    assert [private(body) for body in found] == [[{"n": 1}]]
    assert time.monotonic() - start < 10
