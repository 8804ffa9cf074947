"""Faults of the key ring: unknown kids, another SECRET_KEY, a database that is away, a restored backup."""

from __future__ import annotations

import logging
import threading

import apsw
import pytest

from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import Database
from scoreboard.keyring.known import KnownKeys
from scoreboard.keyring.store import RingKeys
from tests.journal.proxy import Proxy
from tests.support import wait_until

OLD, NEW = "o" * 32, "n" * 32
UNKNOWN_KID = "0123456789ab"


def kid(ring):
    return ring.signing_key("tokens").kid


def opens(ring, kid):
    return ring.opening_key("tokens", kid) is not None


def change(ring, text, *params):
    ring.stored.execute(text, params)


@pytest.fixture
def reads(caplog):
    """The number of reads of the ring from the database since the last call."""
    caplog.set_level(logging.DEBUG, "peewee")

    def count():
        found = sum("FROM ring_key ORDER BY seq" in str(record.msg) for record in caplog.records)
        caplog.clear()
        return found

    return count


@pytest.fixture
def advance(other):
    """Advance the monotonic clock of the other process."""
    now = [100.0]
    other.monotonic = lambda: now[0]

    def move(seconds):
        now[0] += seconds

    return move


def errors(caplog):
    return [one for one in caplog.records if one.levelno >= logging.WARNING and "key" in one.getMessage()]


class TestUnknownKids:
    def test_a_key_that_another_process_made_a_moment_ago_is_found(self, ring, other, reads):
        made = ring.rotate().kid
        reads()

        assert [opens(other, made) for _ in range(5)] == [True] * 5

        assert reads() == 1

    def test_a_missing_kid_is_looked_up_once(self, other, advance, reads):
        reads()
        for _ in range(20):
            assert not opens(other, UNKNOWN_KID)
            advance(10)

        assert reads() == 1

    def test_many_missing_kids_cost_one_read_a_second(self, other, advance, reads):
        reads()
        for number in range(50):
            assert not opens(other, f"{number:012x}")
            advance(0.1)

        assert reads() == 5

    def test_a_token_that_came_too_soon_opens_later(self, ring, other, advance):
        opens(other, UNKNOWN_KID)
        made = ring.rotate().kid
        assert not opens(other, made)

        advance(1)

        assert opens(other, made)

    @pytest.mark.parametrize("kid", ["", "x", "k" * 10_000, "0123456789abc"])
    def test_a_malformed_kid_costs_nothing(self, other, reads, kid):
        reads()

        assert not opens(other, kid)

        assert reads() == 0

    def test_missing_kids_take_limited_memory(self, other, advance):
        for number in range(1100):
            opens(other, f"{number:012x}")
            advance(1)

        assert len(other._unknown) <= 1000

    def test_retired_and_revoked_keys_are_not_looked_up(self, ring, other, reads):
        revoked = kid(ring)
        ring.revoke(revoked)
        other.ensure()
        reads()

        assert not opens(other, revoked)

        assert reads() == 0


class TestAnotherSecretKey:
    @pytest.fixture
    def old(self, make_ring):
        """A process that still has the old SECRET_KEY."""
        return make_ring(secret_key=OLD)

    def test_with_the_old_one_as_a_fallback_everything_opens(self, make_ring, old, clock):
        before = old.signing_key("tokens")

        new = make_ring(secret_key=NEW, secret_key_fallbacks=f"{'z' * 32}, {OLD}")

        assert new.signing_key("tokens") == before
        clock.advance(days=1)
        new.ensure()
        clock.advance(seconds=300)
        assert kid(new) != before.kid
        assert new.opening_key("tokens", before.kid) == before

    def test_without_it_keys_count_as_absent_which_is_logged_once(self, make_ring, old, caplog):
        new = make_ring(secret_key=NEW)

        assert kid(new) != kid(old)
        assert not opens(new, kid(old))
        for _ in range(3):
            new.rotate()
        assert [(one.levelname, one.kid) for one in errors(caplog)] == [("ERROR", kid(old))]

    def test_neither_prevents_the_other_from_rotating(self, make_ring, old, clock):
        new = make_ring(secret_key=NEW)
        before = kid(old), kid(new)

        for _ in range(4):
            clock.advance(days=1)
            old.ensure()
            new.ensure()
            clock.advance(seconds=300)
            after = kid(old), kid(new)
            assert not set(before) & set(after)
            before = after

    def test_a_root_opens_under_its_own_kid_only(self, ring, other):
        first, second = kid(ring), ring.rotate().kid
        change(ring, "DELETE FROM ring_key WHERE kid = ?", second)
        change(ring, "UPDATE ring_key SET kid = ? WHERE kid = ?", second, first)

        other.ensure()

        assert not opens(other, second)
        assert kid(other) not in (first, second)


class TestDatabaseAway:
    def test_known_keys_sign_and_open_and_the_outage_is_logged_once(self, ring, clock, caplog):
        before = kid(ring)
        change(ring, "ALTER TABLE ring_key RENAME TO away")

        for _ in range(3):
            clock.advance(days=1)
            ring.loop.take_turn()
            assert kid(ring) == before
            assert opens(ring, before)
        assert len(errors(caplog)) == 1

        change(ring, "ALTER TABLE away RENAME TO ring_key")
        ring.loop.take_turn()
        clock.advance(seconds=300)
        assert kid(ring) != before
        assert len(errors(caplog)) == 1

    def test_the_next_outage_is_logged_again(self, ring, caplog):
        for _ in range(2):
            change(ring, "ALTER TABLE ring_key RENAME TO away")
            ring.loop.take_turn()
            change(ring, "ALTER TABLE away RENAME TO ring_key")
            ring.loop.take_turn()

        assert len(errors(caplog)) == 2

    def test_a_process_that_starts_during_an_outage_signs_within_seconds_of_its_return(
        self, ring, make_ring, caplog
    ):
        before = kid(ring)
        other = make_ring()
        other._known = KnownKeys([], other.vault)
        change(ring, "ALTER TABLE ring_key RENAME TO away")
        thread = threading.Thread(target=other.loop.run, daemon=True)
        thread.start()
        wait_until(lambda: errors(caplog))

        change(ring, "ALTER TABLE away RENAME TO ring_key")

        wait_until(lambda: other._known.signing_key("tokens", other.clock()), seconds=5)
        assert kid(other) == before
        other.loop.stop()
        thread.join(10)


class TestPostgreSQL:
    """A database server, whose connections may break."""

    @pytest.fixture
    def database_url(self, postgres):
        name = "ring_away"
        yield postgres.create(name)
        postgres.drop(name)

    @pytest.fixture
    def proxy(self, database_url):
        proxy = Proxy(database_url)
        yield proxy
        proxy.close()

    def test_keys_stay_usable_while_the_server_is_away(self, ring, proxy, clock, caplog):
        database = Database(proxy.url, readers=1)
        ring.stored = RingKeys(database)
        ring.ensure()
        before = kid(ring)

        proxy.close()

        for _ in range(3):
            ring.loop.take_turn()
        assert kid(ring) == before
        assert opens(ring, before)
        assert len(errors(caplog)) == 1
        database.close()

    def test_a_token_of_another_processs_new_key_is_not_refused_but_must_be_sent_again(
        self, ring, other, proxy, advance
    ):
        made = ring.rotate().kid
        database = Database(proxy.url, readers=1)
        other.stored = RingKeys(database)
        proxy.cut()
        for _ in range(3):
            with pytest.raises(Unavailable):
                opens(other, made)

        proxy.repair()
        advance(1)

        assert opens(other, made)
        assert not opens(other, UNKNOWN_KID)
        database.close()


class TestBackup:
    @pytest.fixture
    def database_url(self, sqlite_url):
        return sqlite_url

    @pytest.fixture
    def restore(self, ring, database_url, tmp_path):
        """Take a backup now. Calling the result gives the URL of the restored database."""
        backup = tmp_path / "backup.db"
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        connection.execute("VACUUM INTO ?", (str(backup),))
        connection.close()
        return lambda: f"sqlite:///{backup}"

    def test_the_ring_of_a_backup_works_and_can_be_revoked_completely(self, ring, restore, make_parts, clock):
        old = kid(ring)
        clock.advance(days=1)
        ring.ensure()
        clock.advance(seconds=300)
        lost = kid(ring)

        restored = make_parts(restore()).ring

        assert kid(restored) == old
        assert not opens(restored, lost)
        restored.revoke_all()
        assert not opens(restored, old)
        assert kid(restored) not in (old, lost)


def test_a_process_without_a_secret_key_fills_the_ring_only_when_it_serves(make_parts, database_url):
    parts = make_parts(database_url, secret_key="")
    with pytest.raises(Unavailable):
        kid(parts.ring)
    assert parts.ring.all() == []

    parts.ring.loop.take_turn()

    assert opens(parts.ring, kid(parts.ring))
