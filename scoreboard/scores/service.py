"""Recording trusted scores: each entry on its own, and at most once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from scoreboard.accounts.rules import display_name
from scoreboard.boards.facts import Feed, standings_on
from scoreboard.boards.service import Boards
from scoreboard.boards.types import Board, RankChange, Window
from scoreboard.core.clock import Clock, parse
from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import FieldError, Refused, ScoreboardError, ValidationFailed
from scoreboard.core.http.bodies import convert_leniently, field_error
from scoreboard.journal.types import Fact, Outcome
from scoreboard.journal.writer import Writer
from scoreboard.scores.types import METADATA_BYTES, Entries, Entry, Rejected, Report, StandingNow

IMPORT_SECONDS = 60.0  # to wait for the writer
FUTURE_MS = 60_000  # a sender's clock may be ahead of ours by this much

_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Records scores from servers that hold a key."""

    writer: Writer
    boards: Boards
    clock: Clock
    find_merged: Callable[[Collection[str]], Collection[str]]  # those of these players who were merged

    def submit(
        self,
        board_id: str,
        entries: Sequence[Any],
        *,
        caller: str,
        context: Mapping[str, str],
        key: str | None = None,
        imports: bool = False,
    ) -> Report:
        """Record entries, and report the result of each.

        With `imports`, entries with `occurredAt` may go into closed periods. `key` is the request's
        idempotency key. An entry with such a key, or of a request with one, counts once if it is sent again.
        Raises NotFound if there is no such board, and Unavailable if nothing can be written.
        """
        board = self.boards.board(board_id)
        batch = _Batch(
            board=board,
            caller=caller,
            context=dict(context),
            key=key,
            now=self.clock(),
            token=secrets.token_hex(12),
            imports=imports,
            data={"feeds": [Feed(board.id)]},
        )
        facts: list[Fact] = []
        indexes: list[int] = []
        rejected: list[Rejected] = []
        for index, one in enumerate(_decode(entries)):
            try:
                entry = one if isinstance(one, Entry) else convert_leniently(one, Entry)
                facts.append(batch.fact(index, entry))
                indexes.append(index)
            except msgspec.ValidationError as error:
                wrong = field_error(error)
                detail = f"{wrong.field}: {wrong.message}"
                rejected.append(Rejected(index=index, code="validation_failed", detail=detail))
            except ScoreboardError as error:
                rejected.append(Rejected(index=index, code=error.code, detail=error.detail))
        outcomes = self.writer.append(facts, seconds=_patience(facts))
        if not all(outcome.shown for outcome in outcomes):
            self.boards.wait_for_others()
        replayed = {line.fact.player for one in outcomes if one.replayed and (line := one.recorded)}
        merged_players = self.find_merged(replayed) if replayed else ()
        return _report(board, len(entries), indexes, outcomes, rejected, merged_players)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """The data that all facts of one request share."""

    board: Board
    caller: str
    context: dict[str, str]
    key: str | None  # the request's idempotency key
    now: int
    token: str  # for the ids of entries without a key
    imports: bool
    data: dict[str, Any]  # of entries with nothing but a player and a score

    def fact(self, index: int, entry: Entry) -> Fact:
        """An entry as a fact. Raises Refused."""
        data = self._data(entry)
        # An entry's own key never equals one made from the request's key.
        key = f"e:{entry.idempotency_key}" if entry.idempotency_key else self.key and f"r:{self.key}#{index}"
        if key:
            id = f"score:{self.caller}:{self.board.id}:{self.board.since}:{key}"
        else:
            id = f"score:{self.token}:{index}"
        digest = _digest(entry, data) if key else ""
        if data:
            operator = data.pop("operator", None)
            data["feeds"] = [Feed(self.board.id, operator)] if operator else self.data["feeds"]
        if self.imports and entry.occurred_at:
            data["import"] = True  # after the digest, which covers the entry, not the rights of the key
        return Fact(
            id=id,
            kind="score",
            player=entry.player,
            board=self.board.id,
            amount=entry.score,
            columns=entry.columns or {},
            data=data or self.data,
            context=self.context,
            digest=digest,
        )

    def _data(self, entry: Entry) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if entry.display_name:
            data["displayName"] = display_name(entry.display_name)
        if entry.operator is not None:
            data["operator"] = entry.operator
        if entry.region is not None:
            data["region"] = entry.region
        if entry.occurred_at:
            data["occurredAt"] = _occurred_at(entry.occurred_at, self.now)
        if entry.metadata:
            data["metadata"] = _metadata(entry.metadata)
        return data


def _patience(facts: Sequence[Fact]) -> float | None:
    """The seconds to wait for the writer; None for the deadline. An import may open thousands of windows."""
    if not any("import" in fact.data for fact in facts):
        return None
    deadline.lift()
    return IMPORT_SECONDS


def _decode(entries: Sequence[Any]) -> Sequence[Any]:
    """All entries, decoded at once; unchanged if one is malformed, so that each is decoded on its own."""
    try:
        return msgspec.convert([entries], Entries).entries
    except msgspec.ValidationError:
        return entries


def _digest(entry: Entry, data: dict[str, Any]) -> str:
    content = [entry.player, entry.score, entry.columns or {}, data]
    return hashlib.sha256(_encode(content)).hexdigest()[:32]


def _occurred_at(text: str, now: int) -> int:
    try:
        at = parse(text)
    except (ValueError, OverflowError) as error:
        raise ValidationFailed(FieldError("occurredAt", str(error))) from None
    if at > now + FUTURE_MS:
        raise Refused("occurredAt is in the future.", code="occurred_in_future")
    return at


def _metadata(value: dict[str, Any]) -> str:
    text = _encode(value)
    if len(text) > METADATA_BYTES:
        raise Refused(f"metadata has more than {METADATA_BYTES} bytes.", code="metadata_too_large")
    return text.decode()


def _report(
    board: Board,
    count: int,
    indexes: Sequence[int],
    outcomes: Sequence[Outcome],
    rejected: list[Rejected],
    merged_players: Collection[str],
) -> Report:
    ids: list[str | None] = [None] * count
    report = Report(accepted=0, replayed=0, rejected=rejected, standings=[], entries=ids)
    standings: dict[tuple[Window, str], StandingNow] = {}
    for index, outcome in zip(indexes, outcomes, strict=True):
        if outcome.error is not None or outcome.recorded is None:
            assert outcome.error is not None
            rejected.append(Rejected(index=index, code=outcome.error.code, detail=outcome.error.detail))
            continue
        ids[index] = str(outcome.recorded.position)
        report.replayed += outcome.replayed
        report.accepted += not outcome.replayed
        player = outcome.recorded.fact.player
        if player in merged_players:
            continue  # it counted, and is now part of another player's standing
        for period, region, score, version in standings_on(board.id, outcome.recorded):
            window = Window(board.id, period, region)
            shown: RankChange | None = (outcome.shown or {}).get(window, {}).get(player)
            if shown is None:
                report.degraded = True
            standings[window, player] = StandingNow(
                board=board.id,
                period=period,
                region=region or None,
                player=player,
                score=shown.score if shown else score,
                rank=shown.rank if shown else None,
                previous_rank=shown.previous_rank if shown else None,
                version=shown.version if shown else version,
            )
    rejected.sort(key=lambda one: one.index)
    report.standings = list(standings.values())
    return report
