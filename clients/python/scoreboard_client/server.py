"""The client of a trusted server: reporting scores, and watching private boards, with a server key."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import quote

from scoreboard_client.changes import Change
from scoreboard_client.exports import export
from scoreboard_client.transport import Transport
from scoreboard_client.types import Report
from scoreboard_client.watch import watch


class Server:
    """Reports scores on boards, and watches private ones too. Threads may share it."""

    def __init__(
        self, url: str, key: str, *, timeout_seconds: float = 10.0, patience_seconds: float = 60.0
    ) -> None:
        """`key` is a server key. Reporting needs its key scope scores:write. Times as for a Client."""
        self._transport = Transport(
            url=url.rstrip("/"), timeout_seconds=timeout_seconds, patience_seconds=patience_seconds
        )
        self._key = key

    def submit(self, board: str, entries: Sequence[dict[str, Any]], *, key: str | None = None) -> Report:
        """Report up to 1000 entries, such as {"player": "ada", "score": 10}. An invalid one blocks no other.

        Each call counts once, however often it is sent: its idempotency key is `key`, or a random one.
        Raises RefusedError or AwayError.
        """
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        path = f"/v1/boards/{quote(board, safe='')}/scores"
        body = {"entries": list(entries)}
        answer = self._transport.call("POST", path, body, token=self._key, headers=headers, again=True)
        return Report.of(answer["data"])

    def rename(self, player: str, name: str) -> str:
        """Give a player another display name: needs the key scope admin. Returns the name as it is shown.

        Raises RefusedError, player_not_found or invalid_display_name, or AwayError.
        """
        path = f"/v1/admin/players/{quote(player, safe='')}"
        body = {"displayName": name}
        answer = self._transport.call("PATCH", path, body, token=self._key, again=True)
        return str(answer["data"]["displayName"])

    def export(
        self, board: str, format: str = "csv", *, period: str = "", region: str = ""
    ) -> Generator[bytes, None, None]:
        """A board as a file, a private one too. As Client.export."""
        return export(self._transport, board, format, period=period, region=region, token=self._key)

    def watch(self, *boards: str, region: str = "", period: str = "") -> Generator[Change, None, None]:
        """Each new state of boards, private ones too. As Client.watch."""
        return watch(self._transport, boards, region=region, period=period, token=self._key)

    def close(self) -> None:
        """Close this thread's connection."""
        self._transport.close()
