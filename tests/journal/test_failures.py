"""The database fails: the writer reports if a fact was recorded, and nothing counts twice."""

from __future__ import annotations

import threading

import apsw
import pytest

from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import execute, rows
from tests.journal.folds import NoteFold, Pause, note, seconds_of
from tests.journal.proxy import Proxy
from tests.support import wait_until


def code(writer, *facts):
    """The code of the error that appending raises, None if it raises none."""
    try:
        writer.append(list(facts))
    except Unavailable as error:
        return error.code
    return None


def times(parts, id):
    """The number of times that a fact is in the journal."""
    ((count,),) = parts.base.database.run(
        lambda db: rows(db, "SELECT COUNT(*) FROM journal WHERE id = ?", (id,))
    )
    return count


class TestSQLite:
    """A file that other processes may lock, on a disk that may be full."""

    @pytest.fixture
    def database_url(self, sqlite_url):
        return sqlite_url

    @pytest.mark.alone
    def test_a_locked_file_is_answered_in_time_and_the_same_fact_is_taken_later(self, parts, writer):
        other = apsw.Connection(parts.base.database.url.removeprefix("sqlite:///"))
        other.execute("BEGIN IMMEDIATE")
        found = []

        seconds = seconds_of(lambda: found.append(code(writer, note("a"))))

        assert found == ["ledger_unavailable"]
        assert seconds < 2
        assert times(parts, "a") == 0
        other.execute("ROLLBACK")
        other.close()
        assert code(writer, note("a")) is None
        assert times(parts, "a") == 1

    @pytest.mark.alone
    def test_a_fact_whose_caller_gave_up_is_not_recorded(self, parts, make_writer):
        pause = Pause()
        writer = make_writer(NoteFold(before=pause))

        seconds = seconds_of(lambda: code(writer, note("a")))
        pause.released.set()

        assert seconds < 2
        assert code(writer, note("next")) is None
        assert times(parts, "a") == 0

    def test_a_fact_is_written_though_other_callers_of_its_batch_gave_up(self, parts, make_writer):
        pauses = [Pause(), Pause(), Pause()]  # before the batch, in it, and when it is written again
        found, waiting = {}, list(pauses)

        def pause(db):
            waiting.pop(0)(db)

        def append(id, seconds):
            try:
                found[id] = writer.append([note(id)], seconds=seconds)
            except Unavailable as error:
                found[id] = error.code

        writer = make_writer(NoteFold(before=pause))
        threads = [threading.Thread(target=append, args=("first", 10))]
        threads[0].start()
        assert pauses[0].reached.wait(5)
        threads += [threading.Thread(target=append, args=one) for one in (("hasty", 0.3), ("patient", 1.0))]
        for thread in threads[1:]:
            thread.start()
        wait_until(lambda: writer.waiting == 3)
        pauses[0].released.set()
        threads[1].join()
        pauses[1].released.set()
        threads[2].join()
        pauses[2].released.set()
        threads[0].join()

        assert (found["hasty"], found["patient"]) == ("ledger_unavailable", "outcome_unknown")
        wait_until(lambda: writer.waiting == 0)
        assert (times(parts, "hasty"), times(parts, "patient")) == (0, 1)

    def test_a_full_disk_is_reported_and_writing_continues_once_there_is_room(self, parts, make_writer):
        fold = NoteFold(
            before=lambda db: execute(db, "PRAGMA max_page_count = 1")
        )  # SQLite raises the limit to the pages that are in use
        writer = make_writer(fold)
        large = note("a", text="x" * 200_000)

        assert code(writer, large) == "storage_full"
        assert times(parts, "a") == 0

        fold.before = lambda db: execute(db, "PRAGMA max_page_count = 1000000")
        assert code(writer, large) is None
        assert times(parts, "a") == 1


class TestPostgreSQL:
    """A server behind a connection that may break at any moment."""

    @pytest.fixture
    def database_url(self, postgres):
        name = "lost_commits"
        yield postgres.create(name)
        postgres.drop(name)

    @pytest.fixture
    def proxy(self, parts):
        proxy = Proxy(parts.base.database.url)
        yield proxy
        proxy.close()

    @pytest.fixture
    def writer(self, proxy, make_writer, fold):
        writer = make_writer(fold, proxy.url)
        writer.append([note("warm")])
        return writer

    def test_a_commit_whose_answer_is_lost_counts_once(self, parts, proxy, writer):
        proxy.lose_answers = 1

        (outcome,) = writer.append([note("a")])

        assert proxy.lost.is_set()
        assert (outcome.error, outcome.replayed) == (None, True)
        assert times(parts, "a") == 1
        assert parts.journal.gaps() == 0

    def test_a_commit_that_never_arrives_is_sent_again(self, parts, proxy, writer):
        proxy.lose_commits = 1

        (outcome,) = writer.append([note("a")])

        assert proxy.lost.is_set()
        assert (outcome.error, outcome.replayed) == (None, False)
        assert times(parts, "a") == 1

    def test_a_commit_that_is_lost_twice_is_unknown_until_it_is_sent_again(self, parts, proxy, writer):
        proxy.lose_answers = 1
        proxy.lose_commits = 0

        def close(db):
            proxy.refuses = True

        writer._folds["noted"].before = close

        assert code(writer, note("a")) == "outcome_unknown"
        proxy.refuses = False
        writer._folds["noted"].before = lambda db: None
        (outcome,) = writer.append([note("a")])
        assert outcome.replayed
        assert times(parts, "a") == 1

    def test_a_lost_commit_is_not_called_unwritten_when_the_second_try_finds_a_lock(
        self, parts, proxy, writer
    ):
        proxy.lose_answers = 1

        def lock(db):
            if proxy.lost.is_set():
                execute(db, "SET LOCAL lock_timeout = '10ms'")
                execute(db, "LOCK TABLE player")

        writer._folds["noted"].before = lock
        parts.base.writer_database._db.connect(reuse_if_open=True)
        with parts.base.writer_database._db.atomic():
            execute(parts.base.writer_database._db, "LOCK TABLE player")
            found = code(writer, note("a"))
        parts.base.writer_database._db.close()

        assert found == "outcome_unknown"
        assert times(parts, "a") == 1

    def test_a_connection_that_was_cut_while_idle_is_replaced(self, parts, proxy, writer):
        parts.base.database.run(
            lambda db: rows(
                db,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        )

        assert code(writer, note("a")) is None
        assert times(parts, "a") == 1

    @pytest.mark.alone
    def test_a_server_that_is_away_is_answered_in_time(self, parts, proxy, writer):
        proxy.close()
        found = []

        seconds = seconds_of(lambda: found.append(code(writer, note("a"))))

        assert found == ["ledger_unavailable"]
        assert seconds < 2
