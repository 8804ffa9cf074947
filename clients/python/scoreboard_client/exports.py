"""Loading a board as a file, piece by piece."""

from __future__ import annotations

import http.client
from collections.abc import Generator
from urllib.parse import quote, urlencode

from scoreboard_client.answers import taken
from scoreboard_client.errors import AwayError
from scoreboard_client.transport import Transport

PIECE = 64 * 1024


def exported(
    transport: Transport, board: str, format: str, *, period: str, region: str, token: str = ""
) -> Generator[bytes, None, None]:
    """A file's bytes. Raises RefusedError, or AwayError if it breaks off."""
    query = {name: value for name, value in (("period", period), ("region", region)) if value}
    path = f"{transport.prefix}/v1/boards/{quote(board, safe='')}/export.{quote(format, safe='')}"
    connection = transport.fresh()
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            taken(response.status, response.headers, response.read())
        while piece := response.read(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise AwayError(f"The export broke off: {error!r}", doubtful=False) from error
    finally:
        connection.close()
