"""Puzzles for sign-ins by a user name with many recent failures. Pure but for the clock.

A puzzle is not stored. Its solution is valid for one user name with one password, so each guess costs work. A
solution that is sent again can only try the same password again.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from scoreboard.accounts.spelling import username_key
from scoreboard.core.clock import Clock
from scoreboard.core.errors import TooMany
from scoreboard.core.work import is_proof

DIFFICULTY = 18  # bits: about half a second in a browser, and a second of a core for each 10 to 40 guesses
SECONDS = 600  # how long a puzzle can be solved


class ProofNeeded(TooMany):
    """Too many failures of a user name: a sign-in from an unknown network needs a proof of work."""

    code = "proof_of_work_needed"


@dataclass(frozen=True, kw_only=True)
class Puzzles:
    """Sets puzzles, and checks solutions."""

    secret: bytes
    clock: Clock

    def proof_needed(self, username: str, *, retry_after_seconds: int) -> ProofNeeded:
        """The error that asks for a proof of work, with the puzzle."""
        error = ProofNeeded(
            "Too many sign-ins with this user name failed. Solve the puzzle and send its proof with the"
            f" request, or retry in {retry_after_seconds} s.",
            retry_after_seconds=retry_after_seconds,
        )
        error.members = {"puzzle": {"nonce": self._nonce(username, self._now()), "difficulty": DIFFICULTY}}
        return error

    def is_solved(self, username: str, password: str, nonce: str, solution: str) -> bool:
        """True if a solution is right and in time, for this user name and password."""
        issued_at = nonce.partition(".")[0]
        if not (issued_at.isascii() and issued_at.isdigit() and len(issued_at) <= 12):
            return False
        ours = hmac.compare_digest(self._nonce(username, int(issued_at)).encode(), nonce.encode())
        in_time = int(issued_at) + SECONDS > self._now()
        return ours and in_time and is_proof(nonce, checksum(username, password), solution, DIFFICULTY)

    def _now(self) -> int:
        return self.clock() // 1000

    def _nonce(self, username: str, issued_at: int) -> str:
        digest = hmac.digest(self.secret, f"{issued_at}.{username_key(username)}".encode(), "sha256")
        return f"{issued_at}.{urlsafe_b64encode(digest[:18]).decode()}"


def checksum(username: str, password: str) -> str:
    """The SHA-256 of `username|password` as they are sent, in lower-case hex. The work is done on it."""
    return hashlib.sha256(f"{username}|{password}".encode()).hexdigest()
