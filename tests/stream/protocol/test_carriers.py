"""The bytes of each carrier."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.stream.protocol import closing, frames, websocket
from scoreboard.stream.protocol.carriers import CHUNKED, EVENTS, MESSAGES
from scoreboard.stream.protocol.websocket import MESSAGE_BYTES, MESSAGES_A_MINUTE, PINGS_A_MINUTE, Inbound
from tests.sockets import dechunk, mask_frame, messages

texts = st.lists(st.text(max_size=400), min_size=1, max_size=4)


def encode_text(text):
    return frames.encode({"t": "notice", "text": text})


def lines(data):
    return [json.loads(line[6:])["text"] for line in data.split(b"\n") if line.startswith(b"data: ")]


@given(texts)
def test_every_carrier_carries_the_same(sent):
    found = [encode_text(text) for text in sent]

    assert lines(EVENTS.carry(found)) == sent
    assert lines(dechunk(CHUNKED.carry(found))) == sent
    assert [json.loads(text)["text"] for _, text in messages(b"\r\n\r\n" + MESSAGES.carry(found))] == sent


def test_nothing_to_carry_does_not_end_a_chunked_stream():
    assert CHUNKED.carry([]) == b""


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_messages_of_any_size_are_framed(size):
    assert messages(b"\r\n\r\n" + websocket.message(b"x" * size)) == [(1, b"x" * size)]


@pytest.mark.parametrize("why", closing.CODES)
def test_the_end_has_its_reason_on_each_carrier(why):
    bye = closing.frame(why)

    *_, chunk = CHUNKED.closing(bye).split(b"\r\n", 1)
    (_, text), (opcode, content) = messages(b"\r\n\r\n" + MESSAGES.closing(bye))

    assert chunk.endswith(b"\r\n0\r\n\r\n")
    assert EVENTS.closing(bye).startswith(b"retry: %d\nevent: bye\n" % bye["retry_ms"])
    assert json.loads(text) == bye
    assert (opcode, content) == (8, struct.pack("!H", 4000 + bye["code"]) + why.encode())
    assert bye["again"] == (bye["code"] // 100 != 4)


def test_frames_that_arrive_in_pieces_are_read():
    inbound, data = Inbound(), mask_frame(9, b"one") + mask_frame(1, b"x" * 300) + mask_frame(9, b"two")

    answers = [inbound.feed(data[index : index + 1], 0) for index in range(len(data))]

    assert b"".join(answer for answer, _ in answers) == b"\x8a\x03one\x8a\x03two"
    assert not any(ends for _, ends in answers)


def code(data, now=0):
    answer, ends = Inbound().feed(data, now)
    return struct.unpack("!H", answer[-2:])[0] if ends and len(answer) == 4 else None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (b"\xc1\x80\0\0\0\0", 1002),  # a reserved bit: an extension that was not agreed on
        (b"\x09\x80\0\0\0\0", 1002),  # a control frame in pieces
        (b"\x89\xfe\0\xff\0\0\0\0", 1002),  # a control frame that is too long
        (mask_frame(3, b""), 1002),  # an undefined opcode
        (mask_frame(0, b"hi"), 1002),  # a continuation without a message
        (b"\x01\x80\0\0\0\0" + mask_frame(1, b"hi"), 1002),  # a message within another one
        (mask_frame(1, b"hi") + mask_frame(0, b"hi"), 1002),  # a continuation of a complete message
        (mask_frame(8, b"x"), 1002),  # half a code
        (mask_frame(1, b"x" * (MESSAGE_BYTES + 1)), 1009),
        (b"\x81\xff" + b"\xff" * 8, 1009),
        (b"\x01\xfe\x02\x58\0\0\0\0" + b"x" * 600 + b"\x80\xfe\x02\x58\0\0\0\0" + b"x" * 600, 1009),
    ],
)
def test_broken_frames_end_the_connection(data, expected):
    assert code(data) == expected


def test_a_number_of_messages_a_minute_is_allowed():
    inbound = Inbound()

    minute = [inbound.feed(mask_frame(1, b"hi"), 1.0)[1] for _ in range(MESSAGES_A_MINUTE)]

    assert not any(minute)
    assert not any(inbound.feed(mask_frame(kind, b""), 1.0)[1] for kind in (9, 10) * (PINGS_A_MINUTE // 2))
    assert inbound.feed(mask_frame(9, b""), 1.0)[1]
    assert not inbound.feed(mask_frame(1, b"hi"), 61.0)[1]
    assert [inbound.feed(mask_frame(1, b"hi"), 62.0)[1] for _ in range(MESSAGES_A_MINUTE)][-1]


def test_a_message_in_pieces_may_have_pings_between_them():
    pieces = b"\x01\x82\0\0\0\0hi" + mask_frame(9, b"") + b"\x00\x82\0\0\0\0ho" + mask_frame(0, b"!")

    assert Inbound().feed(pieces + mask_frame(1, b"hi"), 0) == (b"\x8a\x00", False)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data):
    inbound = Inbound()

    for index in range(0, len(data), 7):
        _, ends = inbound.feed(data[index : index + 7], 0)
        if ends:
            break
