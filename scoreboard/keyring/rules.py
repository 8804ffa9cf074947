"""The times at which keys of the ring sign and open, and at which a new key is due. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence

from scoreboard.keyring.types import RingKey, Schedule, State, Term

DAY_MS = 86_400_000
LONGEST_TOKEN_MS = DAY_MS
LATE_MS = 15 * 60_000  # a process without the database may sign with the previous key for so long
VERIFY_MS = LONGEST_TOKEN_MS + LATE_MS
RETENTION_MS = VERIFY_MS + 7 * DAY_MS  # retired keys stay for some days: a host's clock may be ahead

MAX_SECONDS = 20.0  # between two reads: a revoked key must be refused everywhere within 65 s


def terms(keys: Sequence[RingKey], unreadable: Container[str] = ()) -> tuple[Term, ...]:
    """The terms of keys, in the order in which they sign.

    A key signs until the next usable one does. A revoked or unreadable key does not take over: the key
    before it keeps signing.
    """
    result: list[Term] = []
    following: int | None = None
    for key in sorted(keys, key=lambda key: (key.usable_at, key.seq), reverse=True):
        readable = key.kid not in unreadable
        result.append(_term(key, following, readable))
        if readable and key.revoked_at is None:
            following = key.usable_at
    return tuple(reversed(result))


def _term(key: RingKey, following: int | None, readable: bool) -> Term:
    signs_until, opens_until = following, None if following is None else following + VERIFY_MS
    if key.revoked_at is not None:
        signs_until = opens_until = key.revoked_at
    return Term(
        kid=key.kid,
        created_at=key.created_at,
        signs_from=key.usable_at,
        signs_until=signs_until,
        opens_until=opens_until,
        revoked_at=key.revoked_at,
        readable=readable,
    )


def state(term: Term, at: int) -> State:
    """The state of a key at a time."""
    if term.revoked_at is not None:
        return State.REVOKED
    if not term.readable:
        return State.UNREADABLE
    if at < term.signs_from:
        return State.PUBLISHED
    if term.signs_until is None or at < term.signs_until:
        return State.SIGNS
    if term.opens_until is None or at < term.opens_until:
        return State.OPENS
    return State.RETIRED


def signing_term(terms: Sequence[Term], at: int) -> Term | None:
    """The term of the key that signs at a time; None if none does."""
    return next((term for term in reversed(terms) if state(term, at) is State.SIGNS), None)


def opens(term: Term, at: int) -> bool:
    """True if a key opens. A published key does, because another host's clock may be ahead."""
    return state(term, at) in (State.PUBLISHED, State.SIGNS, State.OPENS)


def due_key_start(terms: Sequence[Term], at: int, schedule: Schedule) -> int | None:
    """The time from which a key that must be made now signs; None if no key is due.

    Each rotation period begins with a new key. The key is due twice the publish time ahead, so it may be
    made late by one publish time. A key that is missing or unusable is made now.
    """
    if signing_term(terms, at) is None:
        return at
    start = (at + 2 * schedule.publish_ms) // schedule.rotation_ms * schedule.rotation_ms
    if any(term.signs_from >= start for term in terms if term.readable and term.revoked_at is None):
        return None
    return max(start, at + schedule.publish_ms)


def reload_seconds(schedule: Schedule) -> float:
    """The seconds between two reads of the ring: a fifth of the time between publishing and signing."""
    return min(MAX_SECONDS, schedule.publish_ms / 5000)
