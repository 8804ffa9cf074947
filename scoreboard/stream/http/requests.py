"""Reads the HTTP requests for streams and polls."""

from __future__ import annotations

from typing import TypeVar

from flask import request

from scoreboard.accounts.guard import privileged_caller
from scoreboard.core.http.bodies import query
from scoreboard.core.limits.rules import address
from scoreboard.stream.http.types import PollQuery, StreamQuery, StreamRequest
from scoreboard.stream.protocol.types import Cursor

Q = TypeVar("Q", bound=StreamQuery)


def query_parameters(shape: type[Q]) -> Q:
    """The query parameters of this request. Raises ValidationFailed."""
    return query(request.args, shape)


def stream_request(region_header: str) -> StreamRequest:
    """Read the request for a stream.

    A browser that reconnects sends its cursor in a header, which has priority over the parameter.
    """
    sent = query_parameters(StreamQuery)
    since = request.headers.get("Last-Event-ID") or sent.since
    return StreamRequest(
        query=sent,
        since=since,
        address=address(),
        near=_near(region_header),
        privileged_caller=privileged_caller,
    )


def poll_request(sent: PollQuery, region_header: str) -> StreamRequest:
    """Read the request of a poll."""
    return StreamRequest(
        query=sent,
        since=sent.since,
        address=address(),
        near=_near(region_header),
        privileged_caller=privileged_caller,
        told=Cursor.parse(sent.told),
    )


def _near(header: str) -> str:
    return request.headers.get(header, "").lower() if header else ""
