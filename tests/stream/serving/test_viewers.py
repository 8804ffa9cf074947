"""Open streams over time: heartbeats, ends, kicks, and fewer frames for slow readers."""

from __future__ import annotations

import json
import threading

import pytest

from scoreboard.accounts.types import Player
from scoreboard.stream.protocol.carriers import EVENTS
from scoreboard.stream.protocol.types import Cursor, Kick
from scoreboard.stream.serving import personal
from scoreboard.stream.serving.admission import Admission, NotAdmitted, StreamClient
from scoreboard.stream.serving.viewer import Viewer
from tests.boards.calls import put, score
from tests.stream.steps import publish


def admission_of(client):
    return Admission(client, None)


class RecordingViewer(Viewer):
    """A viewer that records the bytes that it is sent, and takes no more while `full`."""

    def __init__(self, host, admission=None):
        super().__init__(host, admission or admission_of(StreamClient()), Cursor(0, 0), host.monotonic())
        self.got, self.full, self.on_its_way = b"", False, 0

    @property
    def blocked(self):
        return self.full

    @property
    def received_bytes(self):
        return len(self.got) - self.on_its_way

    def write(self, data):
        self.got += data

    def close(self):
        self.closed = True

    @property
    def frames(self):
        return [json.loads(line[6:]) for line in self.got.split(b"\n") if line.startswith(b"data: ")]


@pytest.fixture
def stream(client, parts):
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    parts.stream.viewers.monotonic = Time()
    return client


class Time:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch(stream, parts):
    def watch(scope="main", **client):
        viewer = RecordingViewer(parts.stream.viewers, parts.stream.slots.admit(StreamClient(**client)))
        resumed = parts.stream.hub.resume([scope], "")
        viewer.at = resumed.at
        parts.stream.serving.join(viewer, [scope], EVENTS, resumed)
        return viewer

    return watch


def change(client, parts, **scores):
    score(client, "main", **scores)
    publish(parts)
    parts.stream.hub.read()
    parts.stream.serving.serve()


def test_all_viewers_are_sent_the_same_bytes(stream, parts, watch):
    one, other = watch(), watch()
    one.got = other.got = b""

    change(stream, parts, bob=2)

    assert one.got == other.got
    assert [frame["t"] for frame in one.frames] == ["delta"]


def test_no_frame_is_kept_for_a_blocked_viewer_which_catches_up_later(stream, parts, watch):
    slow, other = watch(), watch()
    slow.full, slow.got = True, b""
    for step in range(30):
        change(stream, parts, **{f"p{step % 3}": step + 1})
    before, slow.full = slow.got, False

    parts.stream.viewers.on_drained(slow)
    parts.stream.serving.serve()

    assert before == b""
    assert [(frame["t"], frame.get("why")) for frame in slow.frames] == [("snapshot", "slow")]
    assert slow.frames[-1]["crc"] == other.frames[-1]["crc"]


def test_a_viewer_that_misses_few_frames_is_sent_only_these(stream, parts, watch):
    for step in range(10):
        change(stream, parts, **{f"player{step}": 10})
    slow = watch()
    slow.full, slow.got = True, b""
    change(stream, parts, bob=2)
    slow.full = False

    parts.stream.viewers.on_drained(slow)
    parts.stream.serving.serve()

    assert [frame["t"] for frame in slow.frames] == ["delta"]


def test_a_heartbeat_is_right_also_between_two_frames(stream, parts, watch):
    viewer = watch()
    score(stream, "main", bob=2)
    publish(parts)
    parts.stream.hub.read()
    viewer.got = b""
    parts.stream.viewers.monotonic.now += 20

    parts.stream.serving.sweeper.sweep()

    delta, beat = viewer.frames
    assert (delta["t"], beat["t"], beat["b"]) == ("delta", "hb", [["main", delta["s"], delta["crc"]]])


def test_a_viewer_that_reads_nothing_for_half_a_minute_is_closed(parts, watch):
    viewer = watch()
    viewer.full = True
    parts.stream.serving.sweeper.sweep()
    parts.stream.viewers.monotonic.now += 29
    parts.stream.serving.sweeper.sweep()
    assert not viewer.closed

    parts.stream.viewers.monotonic.now += 2
    parts.stream.serving.sweeper.sweep()

    assert viewer.closed
    assert parts.stream.slots.in_use == 0


def test_a_viewer_that_reads_a_little_from_time_to_time_stays(parts, watch):
    viewer = watch()
    viewer.full, viewer.on_its_way = True, 100
    for _ in range(5):
        parts.stream.viewers.monotonic.now += 20
        viewer.on_its_way -= 1
        parts.stream.serving.sweeper.sweep()

    assert not viewer.closed


def test_a_dead_peer_is_detected_by_unacknowledged_heartbeats(parts, watch):
    dead, alive = watch(), watch()
    for _ in range(4):
        before = len(dead.got)
        parts.stream.viewers.monotonic.now += 17
        parts.stream.serving.sweeper.sweep()
        dead.on_its_way += len(dead.got) - before

    assert (dead.closed, alive.closed) == (True, False)


def test_a_viewer_that_never_reads_to_the_end_is_ended_in_time(parts, watch, clock):
    viewer = watch(player="ada", until=clock() + 60_000)
    viewer.full, viewer.on_its_way = True, 10_000
    for _ in range(7):
        parts.stream.viewers.monotonic.now += 10
        viewer.on_its_way -= 1
        parts.stream.serving.sweeper.sweep()
    assert viewer.frames[-1]["code"] == 301
    for _ in range(4):
        parts.stream.viewers.monotonic.now += 10
        viewer.on_its_way -= 1
        parts.stream.serving.sweeper.sweep()

    assert viewer.closed


def test_a_stream_ends_between_four_fifths_and_all_of_its_age(parts, watch):
    viewers = [watch() for _ in range(50)]
    ends = {viewer.ends_at for viewer in viewers}
    parts.stream.viewers.monotonic.now += 479
    parts.stream.serving.sweeper.sweep()
    assert not any(viewer.closed for viewer in viewers)

    parts.stream.viewers.monotonic.now += 122
    parts.stream.serving.sweeper.sweep()

    assert {viewer.frames[-1]["code"] for viewer in viewers} == {102}
    assert len(ends) > 40


def test_a_stream_ends_with_its_ticket(parts, watch, clock):
    viewer = watch(player="ada", until=clock() + 60_000)
    parts.stream.viewers.monotonic.now += 61

    parts.stream.serving.sweeper.sweep()

    assert (viewer.frames[-1]["code"], viewer.frames[-1]["again"]) == (301, True)


@pytest.mark.parametrize(
    ("kick", "gone"),
    [
        (Kick(player="ada"), [True, True, False]),
        (Kick(session="s2"), [False, True, False]),
        (Kick(scope="main"), [True, True, True]),
        (Kick(scope="other"), [False, False, False]),
        (Kick(), [False, False, False]),
    ],
)
def test_a_kick_ends_the_streams_it_names_and_no_others(parts, watch, kick, gone):
    viewers = [watch(player="ada", session="s1"), watch(player="ada", session="s2"), watch()]

    parts.stream.signals.receive(Cursor(1, 0), kick)

    assert [viewer.closed for viewer in viewers] == gone


def test_a_kick_reaches_every_process(parts, watch, make_parts, sqlite_url):
    viewer = watch(player="ada")
    other = make_parts(sqlite_url)

    other.stream.signals.kick(Kick(player="ada"))
    parts.stream.hub.read()

    assert viewer.frames[-1]["code"] == 402


def test_a_player_gets_their_rank_only_when_it_changed(stream, parts, watch):
    viewer = watch(player="eve")
    viewer.got = b""
    parts.stream.personal.turn()
    parts.stream.personal.turn()
    change(stream, parts, eve=7)
    parts.stream.personal.turn()

    ranks = [frame for frame in viewer.frames if frame["t"] == "me"]
    assert [(frame["rank"], frame["score"], frame["tot"]) for frame in ranks] == [(None, None, 1), (1, 7, 2)]


def test_polling_with_a_ticket_has_the_rank_too(stream, parts, clock):
    player = Player(id="ada", session="s", role="player", issued_at=clock(), expires_at=clock() + 60_000)

    body = stream.get(f"/v1/poll?ticket={parts.stream.tickets.issue(player)}").json

    assert [frame["t"] for frame in body["frames"]] == ["snapshot", "me"]
    assert body["frames"][1]["rank"] == 1


def test_an_expired_ticket_must_be_renewed(stream, parts, clock):
    player = Player(id="ada", session="s", role="player", issued_at=clock(), expires_at=clock() + 600_000)
    ticket = parts.stream.tickets.issue(player)
    clock.advance(seconds=61)

    answer = stream.get(f"/v1/stream?ticket={ticket}", headers={"Accept": "text/event-stream"})

    assert answer.status_code == 200
    assert b'"code":301,"again":true' in answer.data


def test_continuing_from_a_cursor_reads_neither_redis_nor_the_database(stream, parts, redis):
    cursor = parts.stream.hub.head
    before = redis.info("stats")["total_commands_processed"]

    for _ in range(20):
        answer = stream.get(
            "/v1/stream", headers={"Last-Event-ID": str(cursor), "Authorization": ""}, buffered=False
        )
        assert answer.headers["Scoreboard-Resume"] == "ok"
        answer.close()

    assert redis.info("stats")["total_commands_processed"] - before <= 1


def test_draining_ends_all_streams_and_admits_none(parts, watch):
    viewers = [watch() for _ in range(5)]
    thread = threading.Thread(target=parts.stream.drain.drain)
    parts.stream.viewers.monotonic.now = float("inf")  # so that no viewer waits for its turn
    thread.start()
    thread.join(5)

    assert {viewer.frames[-1]["code"] for viewer in viewers} == {101}
    with pytest.raises(NotAdmitted, match="drain"):
        parts.stream.slots.admit(StreamClient())
    assert parts.stream.drain.done.is_set()


def test_frames_between_resuming_and_joining_are_sent_at_once(stream, parts):
    viewer = RecordingViewer(parts.stream.viewers)
    resumed = parts.stream.hub.resume(["main"], "")
    viewer.at = resumed.at
    change(stream, parts, bob=2)

    parts.stream.serving.join(viewer, ["main"], EVENTS, resumed)
    parts.stream.serving.serve()

    assert [frame["t"] for frame in viewer.frames] == ["hello", "snapshot", "delta"]


def test_a_later_viewer_gets_the_viewer_count_too(parts, watch):
    first = watch()
    parts.stream.rooms.exchange()
    parts.stream.rooms.notice()
    parts.stream.viewers.monotonic.now += 6
    parts.stream.rooms._noticed_counts["main"] = 2  # as if it had been two before
    later = watch()
    first.got = b""
    parts.stream.rooms.exchange()
    parts.stream.rooms.notice()

    assert [frame["viewers"] for frame in later.frames if frame["t"] == "notice"] == [2]
    assert first.frames == []


def test_a_crowded_room_does_not_use_up_all_look_ups(stream, parts, watch, monkeypatch):
    monkeypatch.setattr(personal, "LOOKED_UP_A_ROUND", 1)
    put(stream, "cup")
    publish(parts)
    parts.stream.hub.read()
    busy, other = watch(player="ada"), watch("cup", player="bob")
    for step in range(4):
        change(stream, parts, ada=step)
        parts.stream.personal.turn()

    assert [frame["b"] for frame in busy.frames if frame["t"] == "me"]
    assert [frame["b"] for frame in other.frames if frame["t"] == "me"] == ["cup"]


def test_all_frames_that_are_sent_are_counted(stream, parts, watch):
    slow, _ = watch(), watch()
    change(stream, parts, bob=2)
    slow.full = True
    change(stream, parts, bob=3)
    slow.full = False
    parts.stream.viewers.on_drained(slow)
    parts.stream.serving.serve()

    counts = {name: count for name, _, count in parts.base.metrics.values()}

    assert counts["stream_frames_sent"] == 2 * 2 + 2 * 2  # hello and snapshot, then two changes, to each
