"""The times at which keys sign and open, and at which a new key is due."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.keyring.rules import (
    DAY_MS,
    LATE_MS,
    LONGEST_TOKEN_MS,
    VERIFY_MS,
    due_key_start,
    opens,
    reload_seconds,
    signing_term,
    state,
    terms,
)
from scoreboard.keyring.types import RingKey, Schedule, State

MINUTE, HOUR = 60_000, 3_600_000
DAILY = Schedule(rotation_ms=DAY_MS, publish_ms=5 * MINUTE)
MIDNIGHT = 20_000 * DAY_MS


def key(kid, usable_at, *, seq=0, revoked_at=None):
    return RingKey(
        kid=kid, seq=seq, sealed=b"", created_at=usable_at, usable_at=usable_at, revoked_at=revoked_at
    )


def ring(*usable, since=0):
    """Keys that are usable from these times on, in the order in which they were made."""
    return [key(f"k{n}", at, seq=n) for n, at in enumerate(usable, since)]


def states(keys, at, unreadable=()):
    return {term.kid: state(term, at).value for term in terms(keys, unreadable)}


times = st.integers(0, 40 * DAY_MS)
rings = st.lists(times, max_size=8).map(lambda usable: ring(*usable))
some_keys = st.lists(st.tuples(times, st.none() | times), max_size=8).map(
    lambda pairs: [key(f"k{n}", at, seq=n, revoked_at=revoked) for n, (at, revoked) in enumerate(pairs)]
)


class TestTerms:
    def test_a_key_signs_until_the_next_one_does_and_opens_for_the_life_of_a_token_longer(self):
        keys = ring(MIDNIGHT, MIDNIGHT + DAY_MS)
        change = MIDNIGHT + DAY_MS

        assert states(keys, MIDNIGHT - 1) == {"k0": "published", "k1": "published"}
        assert states(keys, MIDNIGHT) == {"k0": "signs", "k1": "published"}
        assert states(keys, change - 1) == {"k0": "signs", "k1": "published"}
        assert states(keys, change) == {"k0": "opens", "k1": "signs"}
        assert states(keys, change + VERIFY_MS - 1) == {"k0": "opens", "k1": "signs"}
        assert states(keys, change + VERIFY_MS) == {"k0": "retired", "k1": "signs"}

    def test_a_key_without_a_successor_signs_forever(self):
        assert states(ring(MIDNIGHT), MIDNIGHT + 1000 * DAY_MS) == {"k0": "signs"}

    def test_the_key_before_a_revoked_one_continues_to_sign(self):
        old, new = ring(MIDNIGHT, MIDNIGHT + DAY_MS)
        at = MIDNIGHT + DAY_MS + HOUR
        revoked = msgspec.structs.replace(new, revoked_at=at)

        assert states([old, new], at) == {"k0": "opens", "k1": "signs"}
        assert states([old, revoked], at) == {"k0": "signs", "k1": "revoked"}
        assert states([old, revoked], at + 9 * DAY_MS) == {"k0": "signs", "k1": "revoked"}

    def test_an_unreadable_key_does_not_take_over(self):
        keys = ring(MIDNIGHT, MIDNIGHT + DAY_MS)

        assert states(keys, MIDNIGHT + 5 * DAY_MS, {"k1"}) == {"k0": "signs", "k1": "unreadable"}

    def test_of_two_keys_of_one_instant_every_process_uses_the_later_one(self):
        first, second = ring(MIDNIGHT, MIDNIGHT)

        for keys in ([first, second], [second, first]):
            assert states(keys, MIDNIGHT) == {"k0": "opens", "k1": "signs"}

    @given(some_keys, times)
    def test_one_key_signs_whenever_a_valid_one_is_usable(self, keys, at):
        signs = [one.kid for one in terms(keys) if state(one, at) is State.SIGNS]
        usable = [one for one in keys if one.revoked_at is None and one.usable_at <= at]

        newest = max(usable, key=lambda one: (one.usable_at, one.seq), default=None)
        assert signs == ([newest.kid] if newest else [])
        signing = signing_term(terms(keys), at)
        assert (signing and signing.kid) == (newest and newest.kid)

    @given(rings, times, st.lists(st.integers(0, 5 * DAY_MS), max_size=5), st.integers(0, LONGEST_TOKEN_MS))
    def test_sealed_data_opens_for_the_life_of_a_token_even_if_keys_are_made_later(
        self, keys, at, later, age
    ):
        signing = signing_term(terms(keys), at)
        all_keys = [*keys, *ring(*(at + ms for ms in later), since=len(keys))]

        if signing is not None:
            (term,) = (one for one in terms(all_keys) if one.kid == signing.kid)
            assert opens(term, at + age)

    @given(rings, times, st.integers(0, LATE_MS), st.integers(0, LONGEST_TOKEN_MS))
    def test_a_process_that_missed_a_key_may_sign_with_the_one_before_for_a_while(self, keys, at, late, age):
        signing = signing_term(terms(keys), at)
        all_keys = [*keys, *ring(at, since=len(keys))]

        if signing is not None:
            (term,) = (one for one in terms(all_keys) if one.kid == signing.kid)
            assert opens(term, at + late + age - 1)

    @given(some_keys, times)
    def test_a_revoked_key_never_opens(self, keys, at):
        revoked = {one.kid for one in keys if one.revoked_at is not None}

        assert not [one.kid for one in terms(keys) if one.kid in revoked and opens(one, at)]


class TestDue:
    def test_the_first_key_signs_at_once(self):
        at = MIDNIGHT + 13 * HOUR

        assert due_key_start((), at, DAILY) == at
        assert due_key_start(terms(ring(at)), at, DAILY) is None

    def test_the_next_key_is_made_ahead_of_its_day(self):
        known = terms(ring(MIDNIGHT))
        midnight = MIDNIGHT + DAY_MS

        assert due_key_start(known, midnight - 10 * MINUTE - 1, DAILY) is None
        assert due_key_start(known, midnight - 10 * MINUTE, DAILY) == midnight
        assert due_key_start(known, midnight - 5 * MINUTE, DAILY) == midnight

    @pytest.mark.parametrize("late", [-4 * MINUTE, 0, 3 * HOUR, 9 * HOUR])
    def test_a_key_that_is_made_late_is_known_before_it_signs(self, late):
        at = MIDNIGHT + DAY_MS + late

        assert due_key_start(terms(ring(MIDNIGHT)), at, DAILY) == at + 5 * MINUTE

    def test_after_days_without_a_process_one_key_is_made(self):
        at = MIDNIGHT + 7 * DAY_MS + 3 * HOUR
        made = at + 5 * MINUTE

        assert due_key_start(terms(ring(MIDNIGHT)), at, DAILY) == made
        assert due_key_start(terms(ring(MIDNIGHT, made)), at, DAILY) is None

    def test_a_requested_key_replaces_the_one_of_its_day(self):
        known = terms(ring(MIDNIGHT, MIDNIGHT + 12 * HOUR))

        assert due_key_start(known, MIDNIGHT + 20 * HOUR, DAILY) is None
        assert due_key_start(known, MIDNIGHT + DAY_MS - MINUTE, DAILY) == MIDNIGHT + DAY_MS + 4 * MINUTE

    def test_a_revoked_key_is_replaced_and_the_one_before_signs_in_the_meantime(self):
        at = MIDNIGHT + DAY_MS + HOUR
        old, new = ring(MIDNIGHT, MIDNIGHT + DAY_MS)
        known = terms([old, msgspec.structs.replace(new, revoked_at=at)])

        assert signing_term(known, at).kid == "k0"
        assert due_key_start(known, at, DAILY) == at + 5 * MINUTE

    def test_a_key_of_another_secret_blocks_no_rotation(self):
        at = MIDNIGHT + DAY_MS + HOUR

        assert due_key_start(terms(ring(MIDNIGHT), {"k0"}), at, DAILY) == at
        assert due_key_start(terms(ring(MIDNIGHT, MIDNIGHT + DAY_MS), {"k1"}), at, DAILY) == at + 5 * MINUTE

    @given(some_keys, times)
    def test_a_made_key_is_not_due_again_and_is_published_before_it_signs(self, keys, at):
        made = 0
        while (usable_at := due_key_start(terms(keys), at, DAILY)) is not None:
            alone = signing_term(terms(keys), at) is None
            assert usable_at == at if alone else usable_at >= at + DAILY.publish_ms
            keys = [*keys, key(f"new{made}", usable_at, seq=100 + made)]
            made += 1

        assert made <= 2  # one that signs at once, and that of a day about to begin
        assert signing_term(terms(keys), at) is not None

    @given(st.integers(20, 5000), st.integers(1, 9), st.data(), st.integers(MIDNIGHT, MIDNIGHT + DAY_MS))
    def test_processes_that_look_in_time_begin_each_day_with_a_new_key_that_all_know(
        self, rotation, share, data, at
    ):
        schedule = Schedule(rotation_ms=rotation * 1000, publish_ms=rotation * 1000 * share // 20)
        keys, made = [], {}
        begin = at
        while at < begin + 4 * schedule.rotation_ms:
            while (usable_at := due_key_start(terms(keys), at, schedule)) is not None:
                keys.append(key(f"k{len(keys)}", usable_at, seq=len(keys)))
                made[usable_at] = at
            at += data.draw(st.integers(schedule.publish_ms // 4, schedule.publish_ms))

        first = begin // schedule.rotation_ms + 2
        for day in (first, first + 1):
            start = day * schedule.rotation_ms
            assert made[start] <= start - schedule.publish_ms
            assert signing_term(terms(keys), start).signs_from == start


def test_the_ring_is_read_often_enough_for_the_promised_times():
    assert reload_seconds(DAILY) == 20
    assert reload_seconds(Schedule(rotation_ms=60_000, publish_ms=5000)) == 1
