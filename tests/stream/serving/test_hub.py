"""The hub: a returning viewer gets the missed frames, or a snapshot with its reason."""

from __future__ import annotations

import pytest

from scoreboard.core.storage import rediskeys
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Cursor
from scoreboard.stream.serving import history, hub
from tests.boards.calls import put, score, submit
from tests.contract import client_of
from tests.stream.steps import Viewer, frame_ids, publish


def resume(parts, since, *scopes):
    """The outcome of resuming, the decoded frames, and the reasons of snapshots among them."""
    resumed = parts.stream.hub.resume(scopes or ["main"], str(since))
    sent = [frames.decode(one.line) for one in resumed.frames]
    return resumed.resume, sent, [frame["why"] for frame in sent if frame["t"] == "snapshot"]


@pytest.fixture
def stream(client, parts):
    """A client of a board of ten rows, whose five frames are followed."""
    submit(client, "main", *({"player": f"p{n}", "score": 100 - n} for n in range(10)))
    publish(parts)
    parts.stream.hub.warm()
    for number in range(4):
        score(client, "main", **{f"p{number}": 1000})
        publish(parts)
        parts.stream.hub.read()
    return client


def test_a_viewer_without_a_cursor_gets_a_snapshot(stream, parts):
    resumed, sent, reasons = resume(parts, "")

    assert (resumed, reasons) == ("none", ["initial"])
    assert sent[0]["id"] == str(parts.stream.hub.head)
    assert Viewer().take(sent).rows()[0] == ("p0", 1100)


@pytest.mark.parametrize("since", ["garbage", "1-", "1" * 30 + "-1", "-1--1", "\u0661-1"])
def test_a_malformed_cursor_gets_a_snapshot(stream, parts, since):
    assert resume(parts, since)[2] == ["bad_cursor"]


def test_a_cursor_of_another_epoch_gets_a_snapshot(stream, parts):
    head = parts.stream.hub.head

    assert resume(parts, Cursor(head.epoch - 1, head.seq))[2] == ["epoch"]


def test_a_cursor_from_the_future_gets_a_snapshot(stream, parts):
    head = parts.stream.hub.head

    assert resume(parts, Cursor(head.epoch, head.seq + 1))[2] == ["ahead"]


def test_a_cursor_at_the_head_gets_nothing(stream, parts):
    assert resume(parts, parts.stream.hub.head) == ("ok", [], [])


def test_a_cursor_close_to_the_head_gets_the_frames_since(stream, parts):
    head = parts.stream.hub.head

    resumed, sent, reasons = resume(parts, Cursor(head.epoch, head.seq - 1))

    assert (resumed, reasons) == ("ok", [])
    assert [(frame["t"], frame["s"]) for frame in sent] == [("delta", head.seq)]


def test_a_replay_longer_than_a_snapshot_is_a_snapshot(stream, parts):
    for number in range(30):
        score(stream, "main", **{f"p{number % 10}": 1000})
        publish(parts)
        parts.stream.hub.read()

    assert resume(parts, Cursor(parts.stream.hub.head.epoch, 1))[::2] == ("partial", ["compact"])


def test_a_cursor_older_than_the_history_gets_a_snapshot(stream, parts, monkeypatch):
    monkeypatch.setattr(history, "FRAMES", 1)
    score(stream, "main", p9=1)
    publish(parts)
    parts.stream.hub.read()

    assert resume(parts, Cursor(parts.stream.hub.head.epoch, 1))[::2] == ("partial", ["stale"])


def test_a_viewer_that_returns_at_any_point_sees_the_same_as_all(stream, parts, monkeypatch):
    viewers = []
    monkeypatch.setattr(history, "FRAMES", 4)
    for step in range(8):
        viewers.append(Viewer().take(resume(parts, "")[1]))
        score(stream, "main", **{f"p{step * 3 % 10}": 500 - step, f"new{step}": step * 300})
        publish(parts)
        parts.stream.hub.read()

    all_rows = Viewer().take(resume(parts, "")[1]).rows()

    for viewer in viewers:
        assert viewer.take(resume(parts, viewer.cursor)[1]).rows() == all_rows


def test_a_fresh_process_serves_the_frames_of_the_one_before(stream, parts, make_parts, sqlite_url):
    head = parts.stream.hub.head
    fresh = make_parts(sqlite_url)
    fresh.stream.hub.warm()

    resumed, sent, _ = resume(fresh, Cursor(head.epoch, head.seq - 1))

    assert resumed == "ok"
    assert [frame["s"] for frame in sent] == [head.seq]


def test_viewers_of_two_boards_are_resumed_on_each_alone(stream, parts):
    put(stream, "cup")
    score(stream, "cup", ada=1)
    publish(parts)
    parts.stream.hub.read()
    seen = parts.stream.hub.head
    score(stream, "main", p9=1)
    publish(parts)
    parts.stream.hub.read()

    resumed, sent, reasons = resume(parts, seen, "main", "cup")

    assert (resumed, reasons) == ("ok", [])
    assert [frame["b"] for frame in sent] == ["main"]


def test_a_board_that_was_never_published_is_shown(client, parts):
    score(client, "main", ada=5)

    resumed, sent, reasons = resume(parts, "")

    assert (resumed, reasons) == ("none", ["initial"])
    assert Viewer().take(sent).rows() == [("ada", 5)]


def test_a_region_is_a_scope_of_its_own(client, parts):
    put(client, "cup", regions=["eu"])
    submit(client, "cup", {"player": "ada", "score": 1, "region": "eu"}, {"player": "bob", "score": 2})
    publish(parts)
    parts.stream.hub.warm()

    viewer = Viewer().take(resume(parts, "", "cup", "cup:eu")[1])

    assert (viewer.rows("cup"), viewer.rows("cup:eu")) == ([("bob", 2), ("ada", 1)], [("ada", 1)])


def test_a_reading_has_the_cursor_to_stream_from(stream, parts, redis):
    data = stream.get("/v1/boards/main/entries?limit=100").json["data"]
    cursor = data["id"]
    score(stream, "main", p9=5000)
    publish(parts)
    parts.stream.hub.read()

    assert cursor in frame_ids(redis)
    assert resume(parts, cursor)[0] == "ok"


def test_a_reading_that_is_newer_than_the_stream_begins_with_a_snapshot(stream, parts):
    score(stream, "main", p9=5000)

    assert stream.get("/v1/boards/main/entries").json["data"]["id"] == "0-0"
    assert resume(parts, "0-0")[2] == ["epoch"]


def test_a_process_that_is_behind_the_stream_answers_a_list_with_another_length(stream, parts, make_parts):
    """For a moment after a change, so a comparison of two processes has to wait for the same cursor."""
    other = make_parts(parts.base.settings.database_url, stream_tick_ms=0)
    clients = stream, client_of(other)
    other.stream.hub.warm()
    score(stream, "main", p9=5000)
    publish(parts)
    parts.stream.hub.read()

    first, second = (client.get("/v1/boards/main/entries") for client in clients)
    other.stream.hub.read()
    later = clients[1].get("/v1/boards/main/entries")

    assert (second.json["data"]["id"], later.json["data"]["id"]) == ("0-0", first.json["data"]["id"])
    assert second.json["data"]["entries"] == first.json["data"]["entries"]
    assert second.content_length < first.content_length == later.content_length
    assert second.headers["ETag"] != first.headers["ETag"] == later.headers["ETag"]


def test_a_new_board_of_the_same_name_shows_no_row_of_the_deleted_one(stream, parts):
    put(stream, "cup")
    score(stream, "cup", ada=1)
    publish(parts)
    parts.stream.hub.read()
    assert stream.delete("/v1/admin/boards/cup").status_code == 204
    put(stream, "cup")

    _, sent, _ = resume(parts, "", "cup")

    assert Viewer().take(sent).rows("cup") == []


def heads_read(redis):
    """The number of reads of a head: no other read here uses HMGET."""
    return redis.info("commandstats").get("cmdstat_hmget", {}).get("calls", 0)


def test_new_frames_tell_the_head(stream, parts, redis):
    score(stream, "main", p9=1)
    publish(parts)
    before = heads_read(redis)

    parts.stream.hub.read()

    assert parts.stream.hub.head == Cursor.parse(frame_ids(redis)[-1])
    assert heads_read(redis) == before


def test_without_new_frames_the_head_is_read(stream, parts, redis, monkeypatch):
    monkeypatch.setattr(hub, "READ_MS", 1)
    before = heads_read(redis)

    parts.stream.hub.read()

    assert heads_read(redis) == before + 1


def test_an_epoch_that_began_while_no_frames_came_is_noticed(stream, parts, redis, clock, monkeypatch):
    monkeypatch.setattr(hub, "READ_MS", 1)
    old = parts.stream.hub.head
    clock.advance(ms=1)
    redis.delete(rediskeys.head(), rediskeys.frames(), rediskeys.shown())
    parts.stream.publisher._renewed_at = float("-inf")
    publish(parts)
    redis.delete(rediskeys.frames())

    parts.stream.hub.read()

    assert parts.stream.hub.head.epoch > old.epoch
