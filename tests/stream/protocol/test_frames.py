"""Frames, cursors and the history: the small parts of the protocol."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Cursor, Encoded
from scoreboard.stream.serving.history import BYTES, FRAMES, SECONDS, FrameHistory

numbers = st.integers(0, 10**20 - 1)


def frame(s, size=10):
    return Encoded(s=s, line="x" * size, event=b"")


def numbers_after(history, seq):
    encoded = history.after(seq)
    return None if encoded is None else [one.s for one in encoded]


@given(numbers, numbers)
def test_a_cursor_survives_being_written(epoch, seq):
    assert Cursor.parse(str(Cursor(epoch, seq))) == Cursor(epoch, seq)


@pytest.mark.parametrize(
    "text", ["", "-", "1-", "-1", "1-2-3", "1 - 2", "a-1", "1-2\n", "+1-2", "1" * 21 + "-1", "1-" + "1" * 21]
)
def test_other_texts_are_not_cursors(text):
    assert Cursor.parse(text) is None


def test_cursors_compare_by_epoch_first():
    assert Cursor(2, 0) > Cursor(1, 99) > Cursor(1, 9)


def test_an_event_carries_its_frame_on_one_line():
    one = frames.encode({"t": "delta", "id": "17-42", "s": 42, "text": "a\nb\r\u2028"})
    event, id, data, *blank = one.event.decode().split("\n")

    assert (event, id, blank) == ("event: delta", "id: 17-42", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == json.loads(one.line)
    assert one.s == 42


def test_a_frame_without_an_id_sends_none():
    bye = frames.encode(frames.bye(code=101, again=True, retry_ms=500, why="drain"))

    assert b"\nid:" not in bye.event
    assert json.loads(bye.line) == {"t": "bye", "code": 101, "again": True, "retry_ms": 500, "why": "drain"}


def test_the_first_bytes_fill_the_buffers_of_proxies():
    opening = frames.opening(1500, b"event: hello\n\n")

    assert opening.startswith(b"retry: 1500\n:")
    assert opening.endswith(b" \nevent: hello\n\n")
    assert len(opening) > 2048


def test_many_first_bytes_need_no_padding():
    assert frames.opening(1500, b"x" * 2048) == b"retry: 1500\n" + b"x" * 2048


def test_only_a_degraded_heartbeat_has_the_field():
    fields = {"id": Cursor(1, 2), "at": "now", "boards": [("main", 2, "00000000")]}

    assert "degraded" not in frames.heartbeat(**fields, degraded=False)
    assert frames.heartbeat(**fields, degraded=True)["degraded"] is True
    assert frames.heartbeat(**fields, degraded=False)["b"] == [("main", 2, "00000000")]


def test_a_history_serves_viewers_that_saw_its_floor():
    history = FrameHistory(5)
    for s in (7, 9):
        history.append(frame(s), 0.0)

    assert [numbers_after(history, seq) for seq in (4, 5, 7, 8, 9, 50)] == [None, [7, 9], [9], [9], [], []]


def test_a_history_keeps_a_number_of_frames():
    history = FrameHistory(0)
    for s in range(1, FRAMES + 3):
        history.append(frame(s), 0.0)

    assert history.floor == 2
    assert len(history.after(2)) == FRAMES


def test_a_history_keeps_frames_for_a_time():
    history = FrameHistory(0)
    history.append(frame(1), 0.0)
    history.append(frame(2), 1.0)
    history.append(frame(3), SECONDS + 0.5)

    assert (numbers_after(history, 0), numbers_after(history, 1)) == (None, [2, 3])


def test_a_history_keeps_a_number_of_bytes():
    history = FrameHistory(0)
    history.append(frame(1, BYTES // 2), 0.0)
    history.append(frame(2, BYTES // 2), 0.0)
    history.append(frame(3, 1), 0.0)

    assert (numbers_after(history, 0), numbers_after(history, 1)) == (None, [2, 3])


def test_a_history_drops_a_frame_that_is_too_large_alone():
    history = FrameHistory(0)
    history.append(frame(1, BYTES + 1), 0.0)

    assert (history.floor, numbers_after(history, 0), numbers_after(history, 1)) == (1, None, [])
