"""The bytes of event streams, read by a strict reader: of each carrier, and of answers to an edge."""

from __future__ import annotations

import time

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.protocol.carriers import CHUNKED, EVENTS
from scoreboard.stream.publishing.edge import KEEP_ALIVE
from tests.boards.calls import score
from tests.contract import client_of
from tests.sockets import dechunk
from tests.stream.steps import publish
from tests.strictevents import strict_events

EDGE_KEY = "an edge's key of 32 characters or more"

text_lists = st.lists(st.text(max_size=3000), min_size=1, max_size=4)


def encode_texts(texts):
    return [frames.encode({"t": "notice", "text": text}) for text in texts]


@given(text_lists)
def test_chunks_carry_the_bytes_of_the_plain_stream(texts):
    found, bye = encode_texts(texts), closing.frame("drain")

    assert dechunk(CHUNKED.opening(1500, found)) == EVENTS.opening(1500, found)
    assert dechunk(CHUNKED.carry(found)) == EVENTS.carry(found)
    assert dechunk(CHUNKED.closing(bye)) == EVENTS.closing(bye)


@given(text_lists)
def test_a_strict_reader_reads_a_stream_from_its_first_byte_to_its_last(texts):
    bye = closing.frame("drain")
    found = encode_texts(texts)

    read = strict_events(EVENTS.opening(1500, found) + EVENTS.carry(found) + EVENTS.closing(bye))

    assert [event.frame for event in read] == [{"t": "notice", "text": text} for text in texts] * 2 + [bye]
    assert (read[0].retry_ms, read[-1].retry_ms) == (1500, bye["retry_ms"])


@pytest.fixture
def edge(make_parts, sqlite_url):
    parts = make_parts(
        sqlite_url, stream_tick_ms=0, stream_edge_url="http://127.0.0.1:9", stream_edge_key=EDGE_KEY
    )
    parts.followers.catch_up("boards")
    client = client_of(parts)
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    return parts, client


def held_answer(client, query="", **headers):
    signature = jwt.encode({"iss": "pushpin", "exp": int(time.time()) + 60}, EDGE_KEY, "HS256")
    answer = client.get(f"/v1/stream{query}", headers={"Grip-Sig": signature, **headers})
    assert "Grip-Hold" in answer.headers
    return answer


def test_a_strict_reader_reads_the_bytes_of_an_edge(edge):
    parts, client = edge
    opening = held_answer(client)
    score(client, "main", bob=2)
    publish(parts)
    parts.stream.hub.read()
    published = parts.stream.edge._queue[-1]["formats"]["http-stream"]["content"].encode()
    beat = KEEP_ALIVE.partition(";")[0].replace("\\n", "\n").encode()

    read = strict_events(opening.data + published + beat)

    assert [event.name for event in read] == ["hello", "snapshot", "delta", "hb"]


def test_an_edge_that_requests_missing_frames_gets_only_these(edge):
    parts, client = edge
    first = strict_events(held_answer(client).data)[-1].id
    score(client, "main", bob=2)
    publish(parts)
    parts.stream.hub.read()

    missing = held_answer(client, f"?boards=main&since={first}&link=next")
    newest = strict_events(missing.data)
    nothing = held_answer(client, f"?boards=main&since={newest[-1].id}&link=next")

    assert [event.name for event in newest] == ["delta"]
    assert nothing.data == b"", "the stream continues"


def test_a_refusal_inside_a_stream_is_an_event_with_its_pause(edge):
    parts, client = edge
    parts.stream.slots.closed = True

    answer = client.get("/v1/stream", headers={"Accept": "text/event-stream"})

    (bye,) = strict_events(answer.data)
    assert bye.retry_ms == bye.frame["retry_ms"]
