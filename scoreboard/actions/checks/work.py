"""The work: a proof's result is small enough, its checksum fits, and its solution solves the challenge."""

from __future__ import annotations

import re

import msgspec

from scoreboard.actions.checks.attempt import Attempt
from scoreboard.actions.rules import claim_of, invalid_proof, nonce
from scoreboard.core.errors import BadRequest
from scoreboard.core.work import is_proof

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class WorkCheck:
    """Refuses proofs without the required work."""

    problems = ("result_too_large", "invalid_proof")

    def check(self, attempt: Attempt) -> None:
        """Raise BadRequest, invalid_proof or result_too_large."""
        token, proof = attempt.token, attempt.proof
        if proof.result:
            _check_result(proof.result, token.result_bytes)
        if claim_of(token, proof) != proof.checksum:
            raise invalid_proof("proof.checksum is not the checksum of points|result.")
        if not is_proof(
            nonce(attempt.completion.action_token), proof.checksum, proof.solution, token.difficulty
        ):
            raise invalid_proof("proof.solution does not solve the challenge.")


def _check_result(result: str, max_bytes: int) -> None:
    # The journal keeps it as JSON forever, in which one byte of a control character becomes six.
    if CONTROL.search(result):
        raise invalid_proof(
            "proof.result has a control character, such as a line break or a tab. Leave it out."
        )
    size = len(msgspec.json.encode(result)) - 2  # without the quotes around it
    if size > max_bytes:
        raise BadRequest(
            f"proof.result has {size} bytes as JSON, and may have {max_bytes} bytes at most.",
            code="result_too_large",
        )
