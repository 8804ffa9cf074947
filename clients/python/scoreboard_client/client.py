"""The client of a player: signs in, plays, and reads boards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from scoreboard_client.changes import Change, Told
from scoreboard_client.errors import AwayError, RefusedError, ScoreboardError
from scoreboard_client.exports import export
from scoreboard_client.profiles import Profile
from scoreboard_client.transport import Transport
from scoreboard_client.types import Action, Entry, Listing, OpenSession, Player, Proof, Receipt
from scoreboard_client.watch import watch
from scoreboard_client.work import prove, prove_sign_in


class Client:
    """One player on one server. Threads may share it.

    Access tokens are renewed automatically. Calls raise RefusedError if the server refuses them, AwayError if
    it does not answer.
    """

    def __init__(
        self,
        url: str,
        *,
        refresh_token: str = "",
        timeout_seconds: float = 10.0,
        patience_seconds: float = 60.0,
    ) -> None:
        """`url` as in http://127.0.0.1:8000. `refresh_token` continues a stored session.

        One try takes at most `timeout_seconds`. Calls are repeated for up to `patience_seconds`.
        """
        self._transport = Transport(
            url=url.rstrip("/"), timeout_seconds=timeout_seconds, patience_seconds=patience_seconds
        )
        self._access, self._refresh = "", refresh_token
        self._renewing = threading.RLock()
        self._player: Player | None = None

    # Signing in

    def guest(self, name: str | None = None, *, region: str | None = None) -> Player:
        """Sign in as a new guest. If an answer is lost, an unused guest remains on the server."""
        return self._enter("guest", _without_none(displayName=name, region=region), again=True)

    def register(
        self, username: str, password: str, *, name: str | None = None, region: str | None = None
    ) -> Player:
        """Register a player. Refused: username_taken, validation_failed, invalid_display_name.

        If an AwayError is `doubtful`, try login(): the player may have been registered.
        """
        body = {"username": username, "password": password}
        return self._enter("register", body | _without_none(displayName=name, region=region))

    def login(self, username: str, password: str) -> Player:
        """Sign in. Refused: invalid_credentials, account_suspended.

        If many clients try this user name, it takes about a second of work.
        """
        body: dict[str, Any] = {"username": username, "password": password}
        try:
            return self._enter("login", body, again=True)
        except RefusedError as refusal:
            if not refusal.puzzle:
                raise
            body["proof"] = prove_sign_in(refusal.puzzle, username, password)
        return self._enter("login", body, again=True)

    def upgrade(self, username: str, password: str) -> Player:
        """Give a guest a user name and a password; id and scores stay, refresh_token is a new one.

        Refused: username_taken. If the answer is lost, it signs in to find out whether the upgrade was done.
        """
        body = {"username": username, "password": password}
        with self._renewing:  # the old session ends: other threads wait for the new one
            try:
                return self._take(self._call("POST", "/v1/auth/upgrade", body)["data"])
            except AwayError as away:
                if not away.doubtful:
                    raise
                return self._after_lost_answer(username, password, away)

    def logout(self) -> None:
        """End the session."""
        if self._refresh:
            body = {"refreshToken": self._refresh}
            self._transport.call("POST", "/v1/auth/logout", body, again=True)
        self._access = self._refresh = ""
        self._player = None

    @property
    def refresh_token(self) -> str:
        """The token that continues this session later. Store the newest one, and keep it secret."""
        return self._refresh

    @property
    def player(self) -> Player:
        """The signed-in player. Raises ScoreboardError if nobody is signed in."""
        if self._player is None:
            self._player = self.me()
        return self._player

    def me(self) -> Player:
        """The signed-in player, as the server knows them now."""
        return Player.of(self._call("GET", "/v1/me", again=True)["data"])

    def change(self, *, name: str | None = None, region: str | None = None) -> Player:
        """Change display name or region. Omitted values stay; region "" removes the region."""
        body = _without_none(displayName=name, region=region)
        if region == "":
            body["region"] = None
        self._player = Player.of(self._call("PATCH", "/v1/me", body, again=True)["data"])
        return self._player

    def merge(self, guest_refresh_token: str) -> Player:
        """Merge a guest into this account, by the guest's `refresh_token`: its scores become this player's.

        Refused: invalid_guest_token, account_needed, not_a_guest, already_merged, account_suspended,
        scoring_disabled, score_out_of_range. It can't be undone.
        """
        body = {"guestRefreshToken": guest_refresh_token}
        self._player = Player.of(self._call("POST", "/v1/me/merge", body, again=True)["data"]["player"])
        return self._player

    # Passwords and sessions

    def change_password(self, current: str, new: str) -> None:
        """Change the password; all other sessions end. Refused: wrong_password, no_password."""
        self._call("POST", "/v1/me/password", {"currentPassword": current, "newPassword": new})

    def sessions(self) -> tuple[OpenSession, ...]:
        """The open sessions of the player, the one that was used last first."""
        return tuple(map(OpenSession.of, self._call("GET", "/v1/me/sessions", again=True)["data"]))

    def end_session(self, session: str) -> None:
        """End one of the player's sessions, by its id. Refused: session_not_found."""
        self._call("DELETE", f"/v1/me/sessions/{quote(session, safe='')}")

    def end_other_sessions(self) -> None:
        """End all of the player's sessions but this one."""
        self._call("DELETE", "/v1/me/sessions", again=True)

    # Playing

    def request(self, action_type: str, *, device_id: str | None = None) -> Action:
        """Begin an action. Refused: unknown_action_type, scoring_disabled, rate_limited."""
        body = {"actionType": action_type} | _without_none(deviceId=device_id)
        answer = self._call("POST", "/v1/actions/request", body, again=True)
        # Counted from the answer on, which is later than the time that the server counts from.
        return Action.of(answer["data"], time.monotonic())

    def complete(
        self,
        action: Action,
        proof: Proof | None = None,
        *,
        points: int | None = None,
        result: str = "",
        device_id: str | None = None,
    ) -> Receipt:
        """Complete an action, with the given proof, or with a new one for `points` and `result`.

        Waits until `min_seconds` are over. If no answer comes, it is sent again: it counts once.
        """
        proof = proof or prove(action, points=points, result=result)
        time.sleep(max(0.0, action.begun + action.min_seconds - time.monotonic()))
        body = {"actionToken": action.token, "proof": proof.as_json()} | _without_none(deviceId=device_id)
        return Receipt.of(self._call("POST", "/v1/actions/complete", body, again=True)["data"])

    def play(self, action_type: str, *, points: int | None = None, result: str = "") -> Receipt:
        """Request an action, do its proof of work, and complete it when `min_seconds` are over."""
        return self.complete(self.request(action_type), points=points, result=result)

    # Reading boards

    def boards(self) -> list[dict[str, Any]]:
        """The public boards, as the API describes them."""
        boards: list[dict[str, Any]] = self._read("/v1/boards")["data"]
        return boards

    def board(self, board: str) -> dict[str, Any]:
        """A board: its definition and its periods. Refused: board_not_found."""
        answer: dict[str, Any] = self._read(f"/v1/boards/{quote(board, safe='')}")["data"]
        return answer

    def top(
        self, board: str, limit: int = 10, *, offset: int = 0, period: str = "", region: str = ""
    ) -> Listing:
        """The first `limit` rows of a board, or those after `offset` rows."""
        query = _query(limit=limit, offset=offset or None, period=period, region=region)
        return Listing.of(self._read(f"/v1/boards/{quote(board, safe='')}/entries{query}")["data"])

    def players(self, board: str, players: Sequence[str]) -> Listing:
        """The rows of these players, with their ranks on the whole board."""
        query = _query(players=",".join(players))
        return Listing.of(self._read(f"/v1/boards/{quote(board, safe='')}/entries{query}")["data"])

    def search(
        self, board: str, name: str, limit: int = 10, *, period: str = "", region: str = ""
    ) -> Listing:
        """The players whose names begin with `name`, by name, without regard to case and accents.

        At most 50. Refused: validation_failed for less than two letters, or one Chinese, Japanese or Korean
        character.
        """
        query = _query(search=name, limit=limit, period=period, region=region)
        return Listing.of(self._read(f"/v1/boards/{quote(board, safe='')}/entries{query}")["data"])

    def entry(self, board: str, player: str | None = None) -> Entry | None:
        """The row of a player, by default the signed-in one; None if there is none."""
        try:
            return Entry.of(self._read(self._entry_path(board, player))["data"])
        except RefusedError as refusal:
            if refusal.code == "not_ranked":
                return None
            raise

    def around(self, board: str, player: str | None = None, radius: int = 5) -> Listing:
        """The rows around a player, by default the signed-in one. Refused: not_ranked."""
        path = f"{self._entry_path(board, player)}/around{_query(radius=radius)}"
        return Listing.of(self._read(path)["data"])

    def profile(self, player: str | None = None) -> Profile:
        """The public profile of a player, by default the signed-in one: results on all public boards.

        Refused: player_not_listed if no public board shows the player.
        """
        player_id = self.player.id if player is None else player
        return Profile.of(self._read(f"/v1/players/{quote(player_id, safe='')}")["data"])

    def export(
        self, board: str, format: str = "csv", *, period: str = "", region: str = ""
    ) -> Generator[bytes, None, None]:
        """All rows of one state of a board as a file, piece by piece: "csv" or "jsonl".

        Refused: board_not_found, period_not_found, region_not_found, rate_limited. Raises AwayError if it
        is interrupted.
        """
        return export(self._transport, board, format, period=period, region=region)

    def watch(
        self,
        *boards: str,
        region: str = "",
        period: str = "",
        on_tell: Callable[[Told], None] = lambda told: None,
    ) -> Generator[Change, None, None]:
        """Each new state of one board or several ("main", "cup:eu"), beginning with the present one.

        It never ends: it reconnects automatically. Changes include the standing of the signed-in
        player. `on_tell` is called with that player's private messages, such as that a guest was merged.
        `region` and `period` apply to boards that name none. Closing the generator closes the stream.

        Raises RefusedError if the server refuses the stream, EndedError if the server ends it permanently,
        AwayError if the server can't be reached for `patience_seconds`.
        """
        return watch(
            self._transport, boards, region=region, period=period, ticket=self._ticket, on_tell=on_tell
        )

    def close(self) -> None:
        """Close this thread's connection."""
        self._transport.close()

    def _ticket(self) -> str:
        if not self._refresh:
            return ""
        answer: dict[str, str] = self._call("POST", "/v1/stream/ticket", again=True)["data"]
        return answer["ticket"]

    def _entry_path(self, board: str, player: str | None) -> str:
        player_id = self.player.id if player is None else player
        return f"/v1/boards/{quote(board, safe='')}/entries/{quote(player_id, safe='')}"

    def _read(self, path: str) -> Any:
        return self._transport.call("GET", path, again=True)

    def _enter(self, route: str, body: dict[str, Any], *, again: bool = False) -> Player:
        return self._take(self._transport.call("POST", f"/v1/auth/{route}", body, again=again)["data"])

    def _after_lost_answer(self, username: str, password: str, away: AwayError) -> Player:
        try:
            return self.login(username, password)
        except RefusedError:
            raise away from None

    def _take(self, session: dict[str, Any]) -> Player:
        self._access, self._refresh = session["accessToken"], session["refreshToken"]
        self._player = Player.of(session["player"])
        return self._player

    def _call(self, method: str, path: str, body: Any = None, *, again: bool = False) -> Any:
        """Call as the player, with a fresh access token if the old one has expired."""
        used = self._access or self._renew("")
        try:
            return self._transport.call(method, path, body, token=used, again=again)
        except RefusedError as refusal:
            # The token expired, or its key was revoked. If the session has ended, renewing raises.
            if refusal.status != 401:
                raise
        return self._transport.call(method, path, body, token=self._renew(used), again=again)

    def _renew(self, used: str) -> str:
        with self._renewing:
            if self._access == used:  # otherwise another thread was faster
                if not self._refresh:
                    raise ScoreboardError("Nobody is signed in: call guest(), register() or login() first.")
                body = {"refreshToken": self._refresh}
                self._take(self._transport.call("POST", "/v1/auth/refresh", body, again=True)["data"])
            return self._access


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _query(**values: Any) -> str:
    query = {name: value for name, value in values.items() if value not in (None, "")}
    return f"?{urlencode(query)}" if query else ""
