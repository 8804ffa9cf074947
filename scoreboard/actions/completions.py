"""Completions as facts of the journal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoreboard.actions.checks.attempt import Attempt
from scoreboard.actions.types import COMPLETED, OpenedToken
from scoreboard.boards.facts import Feed
from scoreboard.journal.types import SEVERAL_BOARDS, Fact


def completion_id(token: OpenedToken) -> str:
    """The id of the fact that completes a token."""
    return f"action:{token.id.hex()}"


def completion_fact(attempt: Attempt, annotations: Mapping[str, Any]) -> Fact:
    """The fact of a completion that passed all checks, with their annotations."""
    token, proof = attempt.token, attempt.proof
    data: dict[str, Any] = {
        "feeds": [Feed(board, since=since) for board, since in token.boards],
        "trust": "client",
        "issuedAt": token.issued_at,
        "tookMs": attempt.took_ms,
        "exclusive": token.exclusive,
        "caps": token.caps,
    }
    if token.region:
        data["home"] = token.region
    if proof.result:
        data["result"] = proof.result
    if annotations:
        data |= annotations
    return Fact(
        id=completion_id(token),
        kind=COMPLETED,
        player=token.player,
        action=token.action,
        board=token.boards[0][0] if len(token.boards) == 1 else SEVERAL_BOARDS,
        amount=attempt.points,
        data=data,
        context=_context(attempt),
        digest=proof.checksum,  # WorkCheck made sure that it is the checksum of the claim
    )


def _context(attempt: Attempt) -> dict[str, str]:
    context = {**attempt.context, "device": attempt.device}
    if attempt.token.client:
        context["client"] = attempt.token.client
    return context
