"""The key ring of several processes: rotating, publishing, revoking."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from scoreboard.core.clock import rfc3339
from scoreboard.core.errors import Conflict, NotFound, Unavailable
from scoreboard.core.storage.db import rows
from scoreboard.keyring.rules import state
from tests.journal.folds import in_parallel
from tests.support import START, wait_until

MINUTES = 60_000
TURN_SECONDS = 300


def kid(ring):
    return ring.signing_key("tokens").kid


def opens(ring, kid):
    return ring.opening_key("tokens", kid) is not None


def pass_time(clock, *rings, days=0, seconds=0):
    """Advance the clock. In this time these processes take their turns of rotation."""
    until = clock() + days * 86_400_000 + seconds * 1000
    while clock() < until:
        clock.advance(ms=min(TURN_SECONDS * 1000, until - clock()))
        for ring in rings:
            ring.ensure()


def test_all_processes_sign_with_the_same_key(ring, other):
    assert ring.signing_key("tokens") == other.signing_key("tokens")
    assert len(ring.all()) == 1


def test_purposes_have_secrets_of_their_own(ring):
    tokens, tickets = ring.signing_key("tokens"), ring.signing_key("tickets")

    assert tokens.kid == tickets.kid
    assert tokens.secret != tickets.secret
    assert {len(one.secret) for one in (tokens, tickets)} == {32}
    assert ring.opening_key("tokens", tokens.kid) == tokens


def test_a_second_call_makes_no_new_key(ring):
    assert ring.signing_key("tokens") is ring.signing_key("tokens")


def test_a_ring_that_was_never_read_signs_nothing(make_parts, database_url):
    parts = make_parts(database_url, secret_key="")

    with pytest.raises(Unavailable) as raised:
        parts.ring.signing_key("tokens")
    assert raised.value.code == "ledger_unavailable"


def test_over_three_days_each_has_its_key_and_no_token_is_refused_before_its_time(ring, other, clock):
    tokens, first_seen = [], {}
    for _ in range(3 * 24):
        for one in (ring, other):
            tokens.append((clock(), kid(one)))
            first_seen.setdefault(kid(one), clock())
        pass_time(clock, ring, other, seconds=3600)
        for one in (ring, other):
            assert all(opens(one, token) for at, token in tokens if clock() - at <= 86_400_000)

    assert list(first_seen.values()) == [START, START + 86_400_000, START + 2 * 86_400_000]
    assert [state(term, clock()).value for term in ring.all()] == ["retired", "opens", "opens", "signs"]
    assert not opens(ring, tokens[0][1])


def test_the_key_of_the_next_day_is_known_everywhere_before_it_signs(ring, other, clock):
    first = kid(ring)
    pass_time(clock, ring, other, seconds=86_400 - 300)

    _, following = ring.all()
    assert rfc3339(following.signs_from) == "2026-01-02T00:00:00.000Z"
    assert following.signs_from - following.created_at >= 5 * MINUTES
    assert opens(other, following.kid)
    assert kid(ring) == kid(other) == first

    clock.advance(seconds=300)
    assert kid(ring) == kid(other) == following.kid


def test_a_requested_key_signs_after_the_publish_time(ring, other, clock):
    before = kid(ring)

    new = ring.rotate()

    other.ensure()
    assert new.signs_from == clock() + 5 * MINUTES
    assert kid(ring) == kid(other) == before
    clock.advance(ms=5 * MINUTES)
    assert kid(ring) == kid(other) == new.kid
    assert opens(ring, before)


def test_a_missed_key_is_made_late_and_still_published_before_it_signs(ring, clock):
    before = kid(ring)
    clock.advance(days=3, seconds=7200)
    assert kid(ring) == before

    ring.ensure()

    assert kid(ring) == before
    clock.advance(ms=5 * MINUTES)
    assert kid(ring) != before
    assert len(ring.all()) == 2


def test_processes_that_rotate_at_once_make_one_key(make_ring, count_created, clock):
    rings = [make_ring() for _ in range(4)]
    clock.advance(days=1)

    in_parallel([ring.ensure for ring in rings] * 2)

    assert count_created() == 2
    assert len({tuple(ring.all()) for ring in rings}) == 1


def test_a_process_with_an_outdated_ring_makes_no_key(ring, other, count_created):
    stale = ring._known.newest
    other.rotate()

    with pytest.raises(Conflict):
        ring._make(0, after=stale)
    assert count_created() == 2


def test_a_ring_that_was_emptied_is_filled_again(ring, other, count_created, clock):
    before = kid(ring)
    ring.stored.execute("DELETE FROM ring_key")

    in_parallel([ring.ensure, other.ensure] * 2)

    assert count_created() == 2
    assert kid(ring) == kid(other) != before
    assert not opens(ring, before)


class TestRevoking:
    def test_a_revoked_key_is_refused_by_others_once_they_have_read_the_ring(self, ring, other):
        revoked = kid(ring)
        other.opening_key("tokens", revoked)

        ring.revoke(revoked)

        assert not opens(ring, revoked)
        other.ensure()
        assert not opens(other, revoked)

    def test_if_no_other_key_signs_a_new_one_signs_at_once(self, ring, other):
        revoked = kid(ring)

        ring.revoke(revoked)

        assert kid(ring) != revoked
        assert other.opening_key("tokens", kid(ring)) == ring.signing_key("tokens")

    def test_the_key_before_signs_until_the_replacement_is_known(self, ring, clock):
        first = kid(ring)
        ring.rotate()
        clock.advance(seconds=3600)
        second = kid(ring)

        ring.revoke(second)

        assert kid(ring) == first
        pass_time(clock, ring, days=1)
        assert kid(ring) not in (first, second)
        assert not opens(ring, second)

    def test_all_keys_can_be_revoked_including_those_that_are_only_published(self, ring, other):
        ring.rotate()
        revoked = ring.revoke_all()

        assert len(revoked) == 2
        assert not any(opens(ring, one) for one in revoked)
        other.ensure()
        assert not any(opens(other, one) for one in revoked)
        assert kid(ring) == kid(other) not in revoked

    def test_a_missing_key_cannot_be_revoked(self, ring):
        ring.revoke(kid(ring))
        revoked = next(term.kid for term in ring.all() if term.revoked_at is not None)

        for one in (revoked, "nobody", ""):
            with pytest.raises(NotFound) as raised:
                ring.revoke(one)
            assert raised.value.code == "ring_key_not_found"


def test_the_version_changes_with_the_keys_that_open_and_only_then(ring, other, clock):
    versions = [other.version]

    def read_version():
        other.ensure()
        versions.append(other.version)

    read_version()
    new = ring.rotate()
    read_version()
    ring.revoke(new.kid)
    read_version()
    read_version()
    clock.advance(days=1)
    read_version()
    clock.advance(days=1, seconds=3600)
    other.all()  # only reads: the first key was retired by the time
    versions.append(other.version)

    unchanged = [one == following for one, following in pairwise(versions)]
    assert unchanged == [True, False, False, True, False, False]


def test_retired_keys_are_deleted_after_a_week(ring, clock):
    first = kid(ring)
    pass_time(clock, ring, days=9)
    assert first in [term.kid for term in ring.all()]

    pass_time(clock, ring, days=2)

    assert first not in [term.kid for term in ring.all()]
    assert len(ring.all()) <= 11


def test_a_process_follows_the_ring_automatically_until_it_is_stopped(make_ring, ring):
    other = make_ring(key_publish_seconds=1)
    thread = threading.Thread(target=other.loop.run)
    thread.start()

    new = ring.rotate()

    wait_until(lambda: new.kid in other._known)
    other.loop.stop()
    thread.join(10)
    assert not thread.is_alive()


class TestRecords:
    def test_making_and_revoking_are_facts_that_the_audit_log_shows(self, make_parts, database_url, clock):
        parts = make_parts(database_url)
        first = kid(parts.ring)
        parts.ring.revoke(first)
        parts.followers.catch_up("audit")

        text = "SELECT kind, detail FROM audit WHERE kind LIKE 'ring-key-%' ORDER BY seq"
        lines = parts.base.audit_database.run(lambda db: rows(db, text))

        assert [kind for kind, _ in lines] == [
            "ring-key-created",
            "ring-key-revoked",
            "ring-key-created",
        ]
        assert f'"kid":"{first}"' in lines[0][1]
        assert f'"kid":"{first}"' in lines[1][1]

    def test_roots_are_stored_sealed_and_the_journal_has_none(self, make_parts, database_url):
        parts = make_parts(database_url)
        parts.followers.catch_up("audit")
        ring_key = parts.ring._known.keys[0]
        root = parts.ring._known._roots[ring_key.kid]

        assert root not in ring_key.sealed
        for database, table in ((parts.base.database, "journal"), (parts.base.audit_database, "audit")):
            text = repr(database.run(lambda db, table=table: rows(db, f"SELECT * FROM {table}")))
            assert ring_key.kid in text
            assert "sealed" not in text
