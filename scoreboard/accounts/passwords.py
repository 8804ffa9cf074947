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
from scoreboard.core.deadline import spare
from scoreboard.core.errors import FieldError, Unavailable, ValidationFailed
from scoreboard.core.threads import NativeThreads

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
        _check(password, field)
        return self._run(self._new_places, lambda: self._hasher.hash(password))

    def rehash(self, password: str) -> str:
        """The new hash of a password that was found right. Raises Unavailable, overloaded."""
        return self._run(self._known_places, lambda: self._hasher.hash(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the stored password. Takes as long where nothing is stored. Raises Unavailable."""

        def verify() -> bool:
            try:
                return self._hasher.verify(stored or self._somebodys(), password) and bool(stored)
            except (VerifyMismatchError, InvalidHashError):
                return False

        return self._run(self._known_places, verify)

    def outdated(self, stored: str) -> bool:
        """Whether the stored hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

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
    if password.lower() in _common():
        raise ValidationFailed(FieldError(field, "is one of the passwords that everybody tries first"))


@cache
def _common() -> frozenset[str]:
    # Takes 14 MB, so it is loaded where somebody registers, and nowhere else.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    long_enough = (word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)
    return frozenset(word for word, _ in zip(long_enough, range(COMMON), strict=False))
