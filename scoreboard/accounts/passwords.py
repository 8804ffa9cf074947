"""Passwords: argon2id, in native threads, so that no request waits for another one's arithmetic."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from scoreboard.accounts.rules import SHORTEST_PASSWORD
from scoreboard.accounts.spelling import password_form, password_spellings
from scoreboard.core.concurrency.deadline import spare
from scoreboard.core.concurrency.threads import NativeThreads
from scoreboard.core.errors import FieldError, Unavailable, ValidationFailed

T = TypeVar("T")

PLACE_SECONDS = 1.0  # how long one waits for a place, instead of being sent away at once
COMMON = 3000  # how many of the most common passwords are refused; ASVS 5.0, 6.2.4
WAITING = 16  # more at once wait for a place: each takes 25 ms and 19 MiB


class Passwords:
    """Hashes and checks passwords, a few at a time."""

    def __init__(self) -> None:
        # OWASP's second choice of parameters: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        cores = os.cpu_count() or 1
        self._threads = NativeThreads(cores)
        # Separate: registrations must not take places from sign-ins.
        self._new_places = threading.BoundedSemaphore(cores + WAITING)
        self._known_places = threading.BoundedSemaphore(cores + WAITING)
        self._nobodys = ""

    def hash(self, password: str, *, field: str = "password") -> str:
        """What is stored of a new password. Raises ValidationFailed or Unavailable, overloaded."""
        form = password_form(password)
        _check(form, field)
        return self._run(self._new_places, lambda: self._hasher.hash(form))

    def rehash(self, password: str) -> str:
        """The new hash of a password that was found right. Raises Unavailable, overloaded."""
        return self._run(self._known_places, lambda: self._hasher.hash(password_form(password)))

    def matching(self, stored: str | None, password: str) -> str | None:
        """The spelling of this password that is stored: as it was typed, or as it is stored today.

        None where it is another one. Takes as long where nothing is stored. Raises Unavailable, overloaded.
        """
        spellings = password_spellings(password)

        def verify() -> str | None:
            kept = stored or self._somebodys()
            found = next((one for one in spellings if self._verified(kept, one)), None)
            return found if stored else None

        return self._run(self._known_places, verify)

    def outdated(self, stored: str, spelling: str) -> bool:
        """Whether the hash was made with other parameters than today's, or of another spelling."""
        return self._hasher.check_needs_rehash(stored) or spelling != password_form(spelling)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _verified(self, stored: str, spelling: str) -> bool:
        try:
            return self._hasher.verify(stored, spelling)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _somebodys(self) -> str:
        self._nobodys = self._nobodys or self._hasher.hash(secrets.token_hex())
        return self._nobodys

    def _run(self, places: threading.Semaphore, work: Callable[[], T]) -> T:
        if not places.acquire(timeout=spare(PLACE_SECONDS)):
            raise overloaded()
        try:
            return self._threads.run(work)
        finally:
            places.release()


def overloaded() -> Unavailable:
    """The error for a password that can't be checked now."""
    return Unavailable("Too many are signing in at this moment. Try again.", code="overloaded")


def _check(password: str, field: str) -> None:
    if len(password) < SHORTEST_PASSWORD:  # it may have been longer before its accents were composed
        raise ValidationFailed(FieldError(field, f"must have at least {SHORTEST_PASSWORD} characters"))
    if password.lower() in _common():
        raise ValidationFailed(FieldError(field, "is one of the passwords that everybody tries first"))


@cache
def _common() -> frozenset[str]:
    # Takes 14 MB, so it is loaded where somebody registers, and nowhere else.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    long_enough = (word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)
    return frozenset(word for word, _ in zip(long_enough, range(COMMON), strict=False))
