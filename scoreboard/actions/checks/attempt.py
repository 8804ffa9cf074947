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
    """A completion as the client sent it, with its opened token."""

    token: OpenedToken
    completion: Completion
    device: str  # the keyed hash of the device's id, "" if none was sent
    context: Mapping[str, str]  # of the request, as the fact will have it
    now: int  # milliseconds since 1970
    took_ms: int  # milliseconds since the token was issued
    _proof: Proof | None = None

    @property
    def proof(self) -> Proof:
        """The proof that the client sent. Raises BadRequest, invalid_proof, if it has another shape."""
        # Read when a check first needs it: an expired token is refused as such, even with an invalid proof.
        if self._proof is None:
            self._proof = _read_proof(self.completion.proof)
        return self._proof

    @property
    def points(self) -> int:
        """The points that the client claims, or those that the action type fixes."""
        points = self.proof.points
        return self.token.most if points is None else points


class Check(Protocol):
    """A rule of completions. Checks run in order, before the fact is made: cheap ones first."""

    @property
    def problems(self) -> Sequence[str]:
        """The error codes of its refusals, for `/openapi.json`. docs/errors.md explains each of them."""

    def check(self, attempt: Attempt) -> Mapping[str, Any] | None:
        """Raise a ScoreboardError to refuse the completion. Returns annotations, if there are any.

        An annotation is recorded in the fact's `data` under its own name: a name that neither the fact nor
        another check uses. It must hold nothing that identifies a person. The audit log shows it if
        `AUDITED` in actions/fold.py names it.
        """


def _read_proof(sent: Any) -> Proof:
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
