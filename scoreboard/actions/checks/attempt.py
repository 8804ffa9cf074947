"""Checks of completions: their protocol, and the attempt that they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from scoreboard.actions.rules import invalid_proof
from scoreboard.actions.types import Completion, OpenedToken, Proof
from scoreboard.core.http.bodies import convert_leniently, field_error


class Attempt(Struct, kw_only=True, gc=False):
    """A completion as it was sent, with its opened token."""

    token: OpenedToken
    sent: Completion
    device: str  # the keyed hash of the device's id, "" if none was sent
    context: Mapping[str, str]  # of the request, as the fact will have it
    now: int  # milliseconds since 1970
    took_ms: int  # since the token was issued
    _proof: Proof | None = None

    @property
    def proof(self) -> Proof:
        """The proof that was sent. Raises BadRequest, invalid_proof, if it has another shape."""
        # Read when a check first needs it: an expired token is refused as such, whatever its proof.
        if self._proof is None:
            self._proof = _read(self.sent.proof)
        return self._proof

    @property
    def points(self) -> int:
        """The points that are claimed, or those that the action type fixes."""
        claimed = self.proof.points
        return self.token.most if claimed is None else claimed


class Check(Protocol):
    """A rule of completions. Checks run in order, before the fact is made: cheap ones first."""

    @property
    def problems(self) -> Sequence[str]:
        """The error codes with which it refuses, for `/openapi.json`. Each is explained in docs/errors.md."""

    def check(self, attempt: Attempt) -> Mapping[str, Any] | None:
        """Raise a ScoreboardError to refuse the completion. Returns annotations, if there are any.

        An annotation is recorded in the fact's `data` under its own name: a name that neither the fact nor
        another check uses. It must hold nothing that identifies a person. The audit log shows it if
        `AUDITED` in actions/fold.py names it.
        """


def _read(sent: Any) -> Proof:
    try:
        return msgspec.convert(sent, Proof)
    except msgspec.ValidationError:
        return _read_leniently(sent)


def _read_leniently(sent: Any) -> Proof:
    try:
        return convert_leniently(sent, Proof)
    except msgspec.ValidationError as error:
        wrong = field_error(error, "")
        field = ".".join(filter(None, ("proof", wrong.field)))
        raise invalid_proof(f"{field}: {wrong.message}") from None
