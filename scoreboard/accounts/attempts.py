"""Attempts at a password: failures are limited, and no number of them locks the owner out.

An attempt is counted before the password is verified, so that a burst can't exceed the limit. The count is
taken back if the password was right. Many right attempts at once, as from a school, must not exceed the limit
either, so each process makes one attempt of an address at a time.

Failures are counted by address, by user name and address, and by user name alone. The last count refuses no
attempt: while its limit is exceeded, each attempt from a network that is new to the player needs a solved
puzzle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scoreboard.accounts.guard import log_network, network
from scoreboard.accounts.passwords import overloaded
from scoreboard.accounts.spelling import username_key
from scoreboard.accounts.wire import WorkProof
from scoreboard.core.concurrency.deadline import spare_seconds
from scoreboard.core.concurrency.keyedlock import LockTimeout
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import address, count, count_and_wait_seconds, give_back

# Failures stay counted, and so does a request for a puzzle: once its limit is exceeded, refusing costs less.
FAILURES = ("invalid_credentials", "wrong_password", "proof_of_work_needed")
# Limits: by address, by user name and address; by user name alone.
HERE = ("sign-in", "sign-in-name")
EVERYWHERE = "sign-in-everywhere"
WAIT_SECONDS = 1.0


@contextmanager
def sign_in(username: str, password: str, proof: WorkProof | None) -> Iterator[None]:
    """Run one sign-in in this context. Raises TooMany, also as ProofNeeded, or Unavailable, overloaded."""
    name = username_key(username)
    everywhere = _count_attempt(EVERYWHERE, of=name, refuse=False)
    with _log_refusal(), _one_at_a_time(), _count_attempt(*HERE, of=name), everywhere as seconds:
        if seconds and not _is_allowed(username, password, proof):
            raise parts().accounts.puzzles.proof_needed(username, retry_after_seconds=seconds)
        yield


@contextmanager
def change(player: str, username: str | None) -> Iterator[None]:
    """Run one change of a password in this context. Raises TooMany, or Unavailable, overloaded."""
    name = username_key(username or player)
    with (
        _log_refusal(),
        _one_at_a_time(),
        _count_attempt(*HERE, of=name),
        _count_attempt(EVERYWHERE, of=player),
    ):
        yield


def _is_allowed(username: str, password: str, proof: WorkProof | None) -> bool:
    if proof is not None and parts().accounts.puzzles.is_solved(
        username, password, proof.nonce, proof.solution
    ):
        return True
    return parts().accounts.players.is_familiar(username, network())


@contextmanager
def _log_refusal() -> Iterator[None]:
    """Log the network of a refused attempt."""
    try:
        yield
    except ScoreboardError:
        log_network()
        raise


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    try:
        with parts().accounts.attempts.take(address(), seconds=spare_seconds(WAIT_SECONDS)):
            yield
    except LockTimeout:
        raise overloaded() from None


@contextmanager
def _count_attempt(*limits: str, of: str, refuse: bool = True) -> Iterator[int]:
    """Count an attempt against limits, and take the count back unless it failed.

    Yields 0, or without `refuse` the seconds for which a limit is exceeded.
    """
    seconds = 0
    if refuse:
        count(*limits, of=of)
    else:
        seconds = count_and_wait_seconds(*limits, of=of)
    try:
        yield seconds
    except ScoreboardError as error:
        if error.code not in FAILURES:
            give_back(*limits, of=of)
        raise
    except BaseException:
        give_back(*limits, of=of)
        raise
    give_back(*limits, of=of)
