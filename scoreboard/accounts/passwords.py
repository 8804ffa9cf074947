"""Passwords: argon2id, in native threads, so that hashing does not block other requests."""

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
from scoreboard.core.concurrency.deadline import spare_seconds
from scoreboard.core.concurrency.threads import NativeThreads
from scoreboard.core.errors import FieldError, Unavailable, ValidationFailed

T = TypeVar("T")

QUEUE_SECONDS = 1.0  # a request waits this long for room in the queue
COMMON = 3000  # so many of the most common passwords are refused; ASVS 5.0, 6.2.4
QUEUE = 16  # passwords that wait for a thread: each takes 25 ms and 19 MiB


class Passwords:
    """Hashes and checks passwords, a few at a time."""

    def __init__(self) -> None:
        # OWASP's second recommendation: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        cores = os.cpu_count() or 1
        self._threads = NativeThreads(cores)
        # Separate queues: registrations must not keep sign-ins out.
        self._registrations = threading.BoundedSemaphore(cores + QUEUE)
        self._sign_ins = threading.BoundedSemaphore(cores + QUEUE)
        self._decoy = ""

    def hash(self, password: str, *, field: str = "password") -> str:
        """The hash of a new password. Raises ValidationFailed or Unavailable, overloaded."""
        form = password_form(password)
        _check(form, field)
        return self._run(self._registrations, lambda: self._hasher.hash(form))

    def rehash(self, password: str) -> str:
        """A new hash of a verified password. Raises Unavailable, overloaded."""
        return self._run(self._sign_ins, lambda: self._hasher.hash(password_form(password)))

    def match(self, stored: str | None, password: str) -> str | None:
        """The spelling of this password whose hash is stored: the typed one, or today's form.

        None for a wrong password. Takes the same time if no hash is stored, so that timing does not reveal
        which user names exist. Raises Unavailable, overloaded.
        """
        spellings = password_spellings(password)

        def verify() -> str | None:
            hash = stored or self._decoy_hash()
            found = next((one for one in spellings if self._is_hash_of(hash, one)), None)
            return found if stored else None

        return self._run(self._sign_ins, verify)

    def is_outdated(self, stored: str, spelling: str) -> bool:
        """True if the hash has other parameters than today's, or is of another spelling than today's form."""
        return self._hasher.check_needs_rehash(stored) or spelling != password_form(spelling)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _is_hash_of(self, stored: str, spelling: str) -> bool:
        try:
            return self._hasher.verify(stored, spelling)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _decoy_hash(self) -> str:
        self._decoy = self._decoy or self._hasher.hash(secrets.token_hex())
        return self._decoy

    def _run(self, queue: threading.Semaphore, work: Callable[[], T]) -> T:
        if not queue.acquire(timeout=spare_seconds(QUEUE_SECONDS)):
            raise overloaded()
        try:
            return self._threads.run(work)
        finally:
            queue.release()


def overloaded() -> Unavailable:
    """The error for a password that can't be verified now."""
    return Unavailable("Too many players are signing in at the moment. Try again.", code="overloaded")


def _check(password: str, field: str) -> None:
    if len(password) < SHORTEST_PASSWORD:  # composing its accents may have made it shorter
        raise ValidationFailed(FieldError(field, f"must have at least {SHORTEST_PASSWORD} characters"))
    if password.lower() in _common():
        raise ValidationFailed(FieldError(field, "is one of the most common passwords: choose another one"))


@cache
def _common() -> frozenset[str]:
    # Takes 14 MB, so it is loaded with the first registration.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    long_enough = (word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)
    return frozenset(word for word, _ in zip(long_enough, range(COMMON), strict=False))
