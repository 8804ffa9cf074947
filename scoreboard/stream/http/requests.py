"""Reads requests for streams."""

from __future__ import annotations

from typing import TypeVar

from flask import request

from scoreboard.accounts.guard import insider
from scoreboard.core.http.bodies import query
from scoreboard.core.limits.rules import address
from scoreboard.stream.http.types import PollQuery, StreamQuery, StreamRequest
from scoreboard.stream.protocol.types import Cursor

Q = TypeVar("Q", bound=StreamQuery)


def asked(shape: type[Q]) -> Q:
    """The parameters of this request. Raises ValidationFailed."""
    return query(request.args, shape)


def stream_request(region_header: str) -> StreamRequest:
    """This request for a stream. A browser that reconnects sends its cursor in a header, which wins."""
    sent = asked(StreamQuery)
    since = request.headers.get("Last-Event-ID") or sent.since
    return StreamRequest(
        query=sent, since=since, address=address(), near=_near(region_header), insider=insider
    )


def poll_request(sent: PollQuery, region_header: str) -> StreamRequest:
    """This poll."""
    return StreamRequest(
        query=sent,
        since=sent.since,
        address=address(),
        near=_near(region_header),
        insider=insider,
        told=Cursor.parse(sent.told),
    )


def _near(header: str) -> str:
    return request.headers.get(header, "").lower() if header else ""
