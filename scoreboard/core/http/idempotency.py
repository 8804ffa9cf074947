"""StoredAnswer answers: a write that is sent again with its Idempotency-Key gets the stored answer.

An answer belongs to the incarnation of the resource that it describes, which is named by a text. A resource
that is deleted and created again under the same name is another incarnation, without stored answers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Response

from scoreboard.core.clock import Clock
from scoreboard.core.concurrency.keyedlock import KeyedLock
from scoreboard.core.errors import FieldError, Refused, ValidationFailed
from scoreboard.core.http.answers import Answer
from scoreboard.core.http.calls import current
from scoreboard.core.http.conventions import as_answer, as_response
from scoreboard.core.http.media import JSON
from scoreboard.core.storage.db import Database, execute, rows

KEY = re.compile(r"^[\x20-\x7e]{1,128}\Z")
RETENTION_MS = 7 * 86_400_000
SLICE = 500


class StoredAnswer(NamedTuple):
    """A stored answer, with the digest of its request and the incarnation that it describes."""

    digest: str
    status: int
    body: str
    incarnation: str  # "" if an older release stored it


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers to writes, by caller and key. Only successes are stored: a failed write may be tried again."""

    database: Database
    clock: Clock
    locks: KeyedLock = field(default_factory=KeyedLock)

    def write_once(
        self, caller: str, body: bytes, write: Callable[[], Response], *, incarnation: Callable[[], str]
    ) -> Response:
        """`answer_once` for a view of Flask."""
        return as_response(
            self.answer_once(caller, body, lambda: as_answer(write()), incarnation=incarnation)
        )

    def answer_once(
        self, caller: str, body: bytes, write: Callable[[], Answer], *, incarnation: Callable[[], str]
    ) -> Answer:
        """Write, unless there is a stored answer. Returns either. Raises Refused, idempotency_key_reused.

        `incarnation` names the present incarnation of the resource. It is called before and after the write.
        """
        key = sent_key()
        if key is None:
            return write()
        # Of several equal requests at once, one does the work and the others wait for its answer.
        with self.locks.take((caller, key)):
            return self._answer_once(caller, key, body, write, incarnation)

    def _answer_once(
        self,
        caller: str,
        key: str,
        body: bytes,
        write: Callable[[], Answer],
        incarnation: Callable[[], str],
    ) -> Answer:
        call = current()
        digest = hashlib.sha256(f"{call.method} {call.path}\n".encode() + body).hexdigest()
        stored = self._find(caller, key)
        if stored is None or _is_outdated(stored, incarnation(), digest):
            answer = write()
            if answer.status < 300:
                self._store(caller, key, digest, answer, incarnation())
            return answer
        if stored.digest != digest:
            raise Refused("This Idempotency-Key was used for another request.", code="idempotency_key_reused")
        return _replayed(stored)

    def forget_old(self) -> None:
        """Delete answers that are older than a week."""
        before = self.clock() - RETENTION_MS
        text = (
            "DELETE FROM answer WHERE (caller, key) IN"
            " (SELECT caller, key FROM answer WHERE at < ? ORDER BY at LIMIT ?) RETURNING key"
        )
        # Slice by slice, so that the write lock is never held for long.
        while len(self.database.transaction(lambda db: rows(db, text, (before, SLICE)))) == SLICE:
            pass

    def _find(self, caller: str, key: str) -> StoredAnswer | None:
        text = "SELECT digest, status, body, incarnation FROM answer WHERE caller = ? AND key = ?"
        answers = self.database.run(lambda db: rows(db, text, (caller, key)))
        return StoredAnswer(*answers[0]) if answers else None

    def _store(self, caller: str, key: str, digest: str, answer: Answer, incarnation: str) -> None:
        text = (
            "INSERT INTO answer (caller, key, digest, status, body, at, incarnation)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (caller, key) DO UPDATE SET digest = excluded.digest,"
            " status = excluded.status, body = excluded.body, at = excluded.at,"
            " incarnation = excluded.incarnation"
        )
        row = (caller, key, digest, answer.status, answer.body.decode(), self.clock(), incarnation)
        self.database.transaction(lambda db: execute(db, text, row))


def _replayed(stored: StoredAnswer) -> Answer:
    body = stored.body.encode()
    headers = {"Content-Type": JSON, "Content-Length": str(len(body)), "Idempotency-Replayed": "true"}
    return Answer(stored.status, body, headers)


def _is_outdated(stored: StoredAnswer, incarnation: str, digest: str) -> bool:
    """True if a stored answer describes an earlier incarnation of the request's resource.

    The write is then done again, which is safe: a fact of the present incarnation is not recorded twice.
    """
    if not stored.incarnation:
        return stored.digest == digest
    name = stored.incarnation.rpartition(" ")[0]
    return stored.incarnation != incarnation and name == incarnation.rpartition(" ")[0]


def sent_key() -> str | None:
    """The request's Idempotency-Key. Raises ValidationFailed if it is malformed."""
    key: str | None = current().environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not KEY.match(key):
        raise ValidationFailed(FieldError("Idempotency-Key", "must be 1-128 printable ASCII characters"))
    return key
