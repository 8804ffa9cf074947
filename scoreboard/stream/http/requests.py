"""Reads the HTTP requests for streams and polls."""

from __future__ import annotations

from typing import TypeVar

from werkzeug.datastructures import EnvironHeaders

from scoreboard.accounts.guard import privileged_caller
from scoreboard.core.http.bodies import query as convert_query
from scoreboard.core.http.calls import current
from scoreboard.core.limits.rules import address
from scoreboard.stream.http.types import PollQuery, StreamQuery, StreamRequest
from scoreboard.stream.protocol.types import Cursor

Q = TypeVar("Q", bound=StreamQuery)


def query_parameters(shape: type[Q]) -> Q:
    """The query parameters of this request. Raises ValidationFailed."""
    return convert_query(current().args, shape)


def stream_request(region_header: str) -> StreamRequest:
    """Read the request for a stream.

    A browser that reconnects sends its cursor in a header, which has priority over the parameter.
    """
    query = query_parameters(StreamQuery)
    since = current().environ.get("HTTP_LAST_EVENT_ID") or query.since
    return StreamRequest(
        query=query,
        since=since,
        address=address(),
        near=_region_of_proxy(region_header),
        privileged_caller=privileged_caller,
    )


def poll_request(query: PollQuery, region_header: str) -> StreamRequest:
    """Read the request of a poll."""
    return StreamRequest(
        query=query,
        since=query.since,
        address=address(),
        near=_region_of_proxy(region_header),
        privileged_caller=privileged_caller,
        told=Cursor.parse(query.told),
    )


def _region_of_proxy(header: str) -> str:
    return EnvironHeaders(current().environ).get(header, "").lower() if header else ""
