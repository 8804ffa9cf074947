"""Issuing action tokens, and turning completed actions into points, exactly once."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, structs

from scoreboard.accounts.rules import account_suspended, scoring_disabled
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.types import Account, Player
from scoreboard.actions.checks.attempt import Attempt, Check
from scoreboard.actions.completions import completion_fact, completion_id
from scoreboard.actions.receipts import RankChanges, Receipts
from scoreboard.actions.refusals import Refusals, TooFast
from scoreboard.actions.rules import claim_of, difficulty, lifetime_ms, nonce
from scoreboard.actions.tokens import ActionTokens
from scoreboard.actions.types import (
    HARDEST,
    ActionRequest,
    ActionType,
    Completion,
    IssuedToken,
    OpenedToken,
    Receipt,
    WindowStanding,
)
from scoreboard.boards.facts import feeds_of
from scoreboard.boards.rules import not_open
from scoreboard.boards.service import Boards
from scoreboard.boards.types import Board
from scoreboard.core.clock import Clock
from scoreboard.core.errors import (
    BadRequest,
    Conflict,
    FieldError,
    NotFound,
    ScoreboardError,
    ValidationFailed,
)
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fact, Outcome, RecordedFact
from scoreboard.journal.writer import Writer

KEY_REUSED = "idempotency_key_reused"  # the journal's code for an id with another digest


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Issues action tokens, and turns completed actions into points."""

    tokens: ActionTokens
    checks: Sequence[Check]
    receipts: Receipts
    refusals: Refusals
    accounts: Accounts
    boards: Boards
    journal: Journal
    writer: Writer
    clock: Clock
    secret: bytes

    @property
    def problems(self) -> tuple[str, ...]:
        """The error codes with which the checks refuse completions."""
        return tuple(dict.fromkeys(code for check in self.checks for code in check.problems))

    def request(self, player: Player, type: ActionType, request: ActionRequest) -> IssuedToken:
        """Issue an action token. Writes nothing.

        Raises NotFound, board_not_found; Forbidden, account_suspended, scoring_disabled or board_not_open;
        ValidationFailed if the type is bound to a device and the request names none.
        """
        account = self.accounts.get_cached(player.id)
        if account is not None and account.suspended:
            raise account_suspended()
        if account is None or not account.scoring:
            raise scoring_disabled()
        if type.rules.bind_device and request.device_id is None:
            raise ValidationFailed(
                FieldError("deviceId", "is required: this action type is bound to a device")
            )
        opened = self._new_token(account, type, request)
        token = self.tokens.seal(opened)
        return IssuedToken(token=token, nonce=nonce(token), opened=opened, rules=type.rules)

    def complete(self, player: Player, completion: Completion, *, context: Mapping[str, str]) -> Receipt:
        """Turn a completed action into points.

        Completing a token again with the same claim adds nothing and returns the same receipt: a client may
        send a request again if its answer is lost. Raises BadRequest, Conflict, Forbidden, TooMany or
        NotFound if the action does not count, and Unavailable if the client should send the request again.
        """
        attempt = self._attempt(player, completion, context)
        try:
            fact = self._fact(attempt)
        except TooFast as refusal:
            self.refusals.record(attempt.token, refusal, context, attempt.now)
            raise
        except ScoreboardError as refusal:
            return self._earlier_receipt(attempt, refusal)
        (outcome,) = self.writer.append([fact])
        return self._receipt(outcome)

    def _new_token(self, account: Account, type: ActionType, request: ActionRequest) -> OpenedToken:
        rules, boards = type.rules, [self._open_board(id) for id in type.rules.boards]
        least, most = rules.range
        return OpenedToken(
            id=os.urandom(16),
            player=account.id,
            action=type.name,
            boards=tuple((board.id, board.since) for board in boards),
            region=account.region or "",
            least=least,
            most=most,
            claimed=not isinstance(rules.points, int),
            issued_at=self.clock(),
            min_ms=round(1000 * rules.min_seconds),
            max_ms=round(1000 * rules.max_seconds),
            life_ms=lifetime_ms(rules),
            caps=(rules.hourly_cap, rules.daily_cap),
            exclusive=rules.exclusive,
            difficulty=difficulty(rules.difficulty, self.writer.waiting, HARDEST),
            bound=rules.bind_device,
            device=self._hash_device(request.device_id),
            client=request.client_version,
            result_bytes=rules.result_bytes,
        )

    def _open_board(self, id: str) -> Board:
        board = self.boards.board(id)
        if board.definition.trust != "client":
            raise not_open(board)
        return board

    def _attempt(self, player: Player, completion: Completion, context: Mapping[str, str]) -> Attempt:
        token, now = self.tokens.open(completion.action_token, player.id), self.clock()
        return Attempt(
            token=token,
            completion=completion,
            device=self._hash_device(completion.device_id),
            context=context,
            now=now,
            took_ms=now - token.issued_at,
        )

    def _fact(self, attempt: Attempt) -> Fact:
        """The fact of a completion. Raises the error of a check that refuses it."""
        annotations: dict[str, Any] = {}
        for check in self.checks:
            annotations.update(check.check(attempt) or {})
        return completion_fact(attempt, annotations)

    def _earlier_receipt(self, attempt: Attempt, refusal: ScoreboardError) -> Receipt:
        """The receipt of an action token that was completed before, even if it is refused now.

        Raises `refusal` if it was not completed before.
        """
        line = self.journal.find(completion_id(attempt.token))
        if line is None:
            raise refusal
        try:
            claim = claim_of(attempt.token, attempt.proof)
        except BadRequest:
            raise refusal from None
        if line.fact.digest != claim:
            raise _token_used()
        return self._replayed_receipt(line, None)

    def _receipt(self, outcome: Outcome) -> Receipt:
        if outcome.error is not None:
            raise _token_used() if outcome.error.code == KEY_REUSED else outcome.error
        assert outcome.recorded is not None
        if not outcome.shown:
            self.boards.wait_for_others()
        if outcome.replayed:
            return self._replayed_receipt(outcome.recorded, outcome.shown)
        return self._public_receipt(self.receipts.make(outcome.recorded, outcome.shown, replayed=False))

    def _replayed_receipt(self, line: RecordedFact, rank_changes: RankChanges) -> Receipt:
        """The receipt of an earlier completion, for those of its boards that still exist. Raises NotFound."""
        incarnations = {feed.board: feed.since for feed in feeds_of(line.fact)}
        boards = {id: self.boards.find(id) for id in incarnations}
        existing = {id for id, board in boards.items() if board and board.since == incarnations[id]}
        if not existing:
            raise NotFound(
                "The boards of this action were deleted after it was counted.", code="board_not_found"
            )
        receipt = self.receipts.make(line, rank_changes, replayed=True)
        return self._public_receipt(
            _only(receipt, [one for one in receipt.standings if one.board in existing])
        )

    def _public_receipt(self, receipt: Receipt) -> Receipt:
        """The receipt without private boards, which players must not see."""
        return _only(receipt, [one for one in receipt.standings if not self.boards.is_private(one.board)])

    def _hash_device(self, device: str | None) -> str:
        if device is None:
            return ""
        return hmac.new(self.secret, device.encode(), "sha256").hexdigest()[:16]


def _only(receipt: Receipt, standings: list[WindowStanding]) -> Receipt:
    """The receipt with only these of its standings."""
    if len(standings) == len(receipt.standings):
        return receipt
    return structs.replace(
        receipt,
        new_score=standings[0].score if standings else receipt.new_score,
        rank=standings[0].rank if standings else None,
        standings=standings,
        degraded=True if any(one.rank is None for one in standings) else UNSET,
    )


def _token_used() -> Conflict:
    return Conflict("This action token was completed with another claim.", code="token_already_used")
