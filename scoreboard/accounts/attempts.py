"""Attempts at a password: wrong ones are counted, and no number of them keeps the owner out.

An attempt is counted before the password is looked at, and given back where it was right: a burst tries no
more than are allowed. Many right ones at once, as of a school, must not be taken for wrong ones meanwhile:
each process makes one attempt of an address at a time.

Counted are the failures of an address, of a user name from an address, and of a user name from everywhere.
The last count refuses nobody: beyond it, each attempt from a network from which the player never signed in
must come with a solved puzzle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scoreboard.accounts.guard import log_network, network
from scoreboard.accounts.passwords import overloaded
from scoreboard.accounts.spelling import username_key
from scoreboard.accounts.wire import WorkProof
from scoreboard.core.concurrency.deadline import spare
from scoreboard.core.concurrency.keyedlock import LockTimeout
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import address, count, exceeded, give_back

# These stay counted. Asking for puzzles does too: after a while that is refused at less cost.
FAILED = ("invalid_credentials", "wrong_password", "proof_of_work_needed")
HERE = ("sign-in", "sign-in-name")
EVERYWHERE = "sign-in-everywhere"
WAIT_SECONDS = 1.0


@contextmanager
def sign_in(username: str, password: str, proof: WorkProof | None) -> Iterator[None]:
    """Let one sign-in be tried. Raises TooMany, also as ProofNeeded, or Unavailable, overloaded."""
    name = username_key(username)
    everywhere = _counted(EVERYWHERE, of=name, refuse=False)
    with _logged(), _turn(), _counted(*HERE, of=name), everywhere as seconds:
        if seconds and not _welcome(username, password, proof):
            raise parts().accounts.puzzles.needed(username, retry_after_seconds=seconds)
        yield


@contextmanager
def change(player: str, username: str | None) -> Iterator[None]:
    """Let a signed-in player try the password once. Raises TooMany or Unavailable, overloaded."""
    name = username_key(username or player)
    with _logged(), _turn(), _counted(*HERE, of=name), _counted(EVERYWHERE, of=player):
        yield


def _welcome(username: str, password: str, proof: WorkProof | None) -> bool:
    if proof is not None and parts().accounts.puzzles.solved(username, password, proof.nonce, proof.solution):
        return True
    return parts().accounts.players.familiar(username, network())


@contextmanager
def _logged() -> Iterator[None]:
    """Have the log tell from which network an attempt came that was refused."""
    try:
        yield
    except ScoreboardError:
        log_network()
        raise


@contextmanager
def _turn() -> Iterator[None]:
    try:
        with parts().accounts.attempts.take(address(), seconds=spare(WAIT_SECONDS)):
            yield
    except LockTimeout:
        raise overloaded() from None


@contextmanager
def _counted(*limits: str, of: str, refuse: bool = True) -> Iterator[int]:
    """Count an attempt against limits, and give it back unless it failed.

    Yields for how many seconds a limit is exceeded that does not `refuse`.
    """
    seconds = 0
    if refuse:
        count(*limits, of=of)
    else:
        seconds = exceeded(*limits, of=of)
    try:
        yield seconds
    except ScoreboardError as error:
        if error.code not in FAILED:
            give_back(*limits, of=of)
        raise
    except BaseException:
        give_back(*limits, of=of)
        raise
    give_back(*limits, of=of)
