"""The main job: a token for an action, and points for having done it, exactly once."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, structs

from scoreboard.accounts.rules import scoring_disabled, suspended
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.types import Account, Player
from scoreboard.actions.receipts import Receipts, ShownBy
from scoreboard.actions.refusals import Refusals, TooFast
from scoreboard.actions.rules import (
    check_work,
    checksum,
    claimed_points,
    difficulty,
    invalid_proof,
    life_ms,
    nonce,
)
from scoreboard.actions.tokens import ActionTokens, invalid_token
from scoreboard.actions.types import (
    HARDEST,
    ActionType,
    Completion,
    IssuedToken,
    OpenedToken,
    Placed,
    Proof,
    Receipt,
    Request,
)
from scoreboard.boards.facts import Feed, feeds_of
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
from scoreboard.core.http.bodies import field_error, forgiven
from scoreboard.journal.service import Journal
from scoreboard.journal.types import SEVERAL, Fact, Outcome, Recorded
from scoreboard.journal.writer import Writer

REUSED = "idempotency_key_reused"  # what the journal calls it


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Hands out action tokens, and turns completed actions into points."""

    tokens: ActionTokens
    receipts: Receipts
    refusals: Refusals
    accounts: Accounts
    boards: Boards
    journal: Journal
    writer: Writer
    clock: Clock
    secret: bytes

    def request(self, player: Player, type: ActionType, asked: Request) -> IssuedToken:
        """A token for one action. Writes nothing, so asking costs nobody anything.

        Raises NotFound, board_not_found; Forbidden, account_suspended, scoring_disabled or board_not_open;
        ValidationFailed where the type is bound to a device and none is named.
        """
        account = self.accounts.known(player.id)
        if account is not None and account.suspended:
            raise suspended()
        if account is None or not account.scoring:
            raise scoring_disabled()
        if type.rules.bind_device and asked.device_id is None:
            raise ValidationFailed(FieldError("deviceId", "is needed: this action type is bound to a device"))
        ticket = self._ticket(account, type, asked)
        token = self.tokens.seal(ticket)
        return IssuedToken(token=token, nonce=nonce(token), ticket=ticket, rules=type.rules)

    def complete(self, player: Player, sent: Completion, *, context: Mapping[str, str]) -> Receipt:
        """Turn a completed action into points.

        Completing the same token again with the same claim adds nothing and gives the same receipt, so a
        client may send it again whenever it did not hear. Raises BadRequest, Conflict, Forbidden, TooMany
        or NotFound where the action does not count, and Unavailable where the same should be sent again.
        """
        ticket = self.tokens.open(sent.action_token, player.id)
        now = self.clock()
        try:
            fact = self._fact(ticket, sent, context, now)
        except TooFast as refusal:
            self.refusals.record(ticket, refusal, context, now)
            raise
        except ScoreboardError as refusal:
            return self._counted_before(ticket, sent, refusal)
        (outcome,) = self.writer.append([fact])
        return self._receipt(outcome)

    def _ticket(self, account: Account, type: ActionType, asked: Request) -> OpenedToken:
        rules, boards = type.rules, [self._open(id) for id in type.rules.boards]
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
            life_ms=life_ms(rules),
            caps=(rules.hourly_cap, rules.daily_cap),
            exclusive=rules.exclusive,
            difficulty=difficulty(rules.difficulty, self.writer.waiting, HARDEST),
            bound=rules.bind_device,
            device=self._hashed(asked.device_id),
            client=asked.client_version,
            result_bytes=rules.result_bytes,
        )

    def _open(self, id: str) -> Board:
        board = self.boards.board(id)
        if board.definition.trust != "client":
            raise not_open(board)
        return board

    def _fact(self, ticket: OpenedToken, sent: Completion, context: Mapping[str, str], now: int) -> Fact:
        """The completion as a fact. Raises BadRequest where it is no good, cheap checks first."""
        device = self._hashed(sent.device_id)
        if ticket.bound and device != ticket.device:
            raise invalid_token()
        took = now - ticket.issued_at
        if took >= ticket.life_ms:
            raise BadRequest("This action token has expired: ask for a new one.", code="action_token_expired")
        if took < ticket.min_ms:
            raise TooFast(
                f"This action takes {ticket.min_ms / 1000:g} seconds at least. The token stays good."
            )
        proof = _proof(sent.proof)
        points = claimed_points(ticket, proof)
        check_work(ticket, proof, nonce(sent.action_token))
        return _as_fact(ticket, proof, points, {**context, "device": device}, took)

    def _counted_before(self, ticket: OpenedToken, sent: Completion, refusal: ScoreboardError) -> Receipt:
        """The receipt of a token that was completed already, though it is refused by now. Raises else."""
        line = self.journal.find(_id(ticket))
        if line is None:
            raise refusal
        try:
            claim = _claim(ticket, _proof(sent.proof))
        except BadRequest:
            raise refusal from None
        if line.fact.digest != claim:
            raise _used()
        return self._replayed(line, None)

    def _receipt(self, outcome: Outcome) -> Receipt:
        if outcome.error is not None:
            raise _used() if outcome.error.code == REUSED else outcome.error
        assert outcome.recorded is not None
        if not outcome.shown:
            self.boards.let_others_notice()
        if outcome.replayed:
            return self._replayed(outcome.recorded, outcome.shown)
        return self._public(self.receipts.write(outcome.recorded, outcome.shown, replayed=False))

    def _replayed(self, line: Recorded, shown: ShownBy) -> Receipt:
        """The receipt of what was counted before, of the boards that are still there. Raises NotFound."""
        counted = {feed.board: feed.since for feed in feeds_of(line.fact)}
        found = {id: self.boards.find(id) for id in counted}
        there = {id for id, board in found.items() if board is not None and board.since == counted[id]}
        if not there:
            raise NotFound(
                "The boards of this action were deleted since it was counted.", code="board_not_found"
            )
        receipt = self.receipts.write(line, shown, replayed=True)
        return self._public(_only(receipt, [one for one in receipt.standings if one.board in there]))

    def _public(self, receipt: Receipt) -> Receipt:
        """A receipt without private boards: to players they are not there."""
        return _only(receipt, [one for one in receipt.standings if not self.boards.private(one.board)])

    def _hashed(self, device: str | None) -> str:
        if device is None:
            return ""
        return hmac.new(self.secret, device.encode(), "sha256").hexdigest()[:16]


def _only(receipt: Receipt, standings: list[Placed]) -> Receipt:
    """A receipt with these of its standings."""
    if len(standings) == len(receipt.standings):
        return receipt
    return structs.replace(
        receipt,
        new_score=standings[0].score if standings else receipt.new_score,
        rank=standings[0].rank if standings else None,
        standings=standings,
        degraded=True if any(one.rank is None for one in standings) else UNSET,
    )


def _proof(sent: Any) -> Proof:
    try:
        return msgspec.convert(sent, Proof)
    except msgspec.ValidationError:
        return _forgiven_proof(sent)


def _forgiven_proof(sent: Any) -> Proof:
    try:
        return forgiven(sent, Proof)
    except msgspec.ValidationError as error:
        wrong = field_error(error, "")
        field = ".".join(filter(None, ("proof", wrong.field)))
        raise invalid_proof(f"{field}: {wrong.message}") from None


def _as_fact(ticket: OpenedToken, proof: Proof, points: int, context: Mapping[str, str], took: int) -> Fact:
    data: dict[str, Any] = {
        "feeds": [Feed(board, since=since) for board, since in ticket.boards],
        "trust": "client",
        "issuedAt": ticket.issued_at,
        "tookMs": took,
        "exclusive": ticket.exclusive,
        "caps": ticket.caps,
    }
    if ticket.region:
        data["home"] = ticket.region
    if proof.result:
        data["result"] = proof.result
    if took > ticket.max_ms:
        data["late"] = True
    return Fact(
        id=_id(ticket),
        kind="action",
        player=ticket.player,
        action=ticket.action,
        board=ticket.boards[0][0] if len(ticket.boards) == 1 else SEVERAL,
        amount=points,
        data=data,
        context={**context, "client": ticket.client} if ticket.client else dict(context),
        digest=proof.checksum,  # which was found to be the claim's
    )


def _id(ticket: OpenedToken) -> str:
    return f"action:{ticket.id.hex()}"


def _claim(ticket: OpenedToken, proof: Proof) -> str:
    return checksum(proof.points if ticket.claimed else None, proof.result)


def _used() -> Conflict:
    return Conflict("This action token was completed with another claim.", code="token_already_used")
