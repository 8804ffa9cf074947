"""Loading a board as a file, piece by piece."""

from __future__ import annotations

import http.client
from collections.abc import Generator
from urllib.parse import quote, urlencode

from scoreboard_client.answers import decode
from scoreboard_client.errors import AwayError
from scoreboard_client.transport import Transport

PIECE = 64 * 1024


def export(
    transport: Transport, board: str, format: str, *, period: str, region: str, token: str = ""
) -> Generator[bytes, None, None]:
    """The bytes of a board's file. Raises RefusedError, or AwayError if it is interrupted."""
    query = {name: value for name, value in (("period", period), ("region", region)) if value}
    path = f"{transport.prefix}/v1/boards/{quote(board, safe='')}/export.{quote(format, safe='')}"
    connection = transport.connect()
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            decode(response.status, response.headers, response.read())
        while piece := response.read(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise AwayError(f"The export was interrupted: {error!r}", doubtful=False) from error
    finally:
        connection.close()
