"""The writer records each fact once, in one order, and refuses a bad one alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import peewee
import pytest

from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import rows
from scoreboard.journal import writer as module
from scoreboard.journal.types import Position
from scoreboard.journal.writer import LARGE
from tests.journal.folds import GatedFold, NoteFold, Pause, in_parallel, note
from tests.support import wait_until


def seqs(parts):
    found = parts.base.database.run(lambda db: rows(db, "SELECT seq FROM journal ORDER BY seq"))
    return [seq for (seq,) in found]


def test_a_fact_gets_its_number_its_time_and_its_result(parts, writer, clock):
    before = parts.journal.head().seq

    (outcome,) = writer.append([note("a", why="because")])

    assert (outcome.recorded.seq, outcome.recorded.at) == (before + 1, clock())
    assert (outcome.recorded.result, outcome.shown) == ({"noted": before + 1}, "shown")
    assert parts.journal.after(Position(0, before), 10) == [outcome.recorded]


def test_appending_no_facts_does_nothing(writer):
    assert writer.append([]) == []


def test_the_same_fact_from_fifty_threads_is_recorded_once(parts, writer, fold):
    before = parts.journal.head().seq

    outcomes = in_parallel([lambda: writer.append([note("same")])[0]] * 50)

    assert {outcome.recorded.seq for outcome in outcomes} == {before + 1}
    assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * 49
    assert parts.journal.head().seq == before + 1


def test_the_same_id_with_another_digest_is_refused(parts, writer):
    writer.append([note("same", "this")])

    (outcome,) = writer.append([note("same", "that")])

    assert outcome.error.code == "idempotency_key_reused"
    assert outcome.recorded is None


def test_facts_of_two_writers_are_numbered_without_gaps_in_the_order_of_their_commits(parts, make_writer):
    writers = [make_writer(NoteFold()) for _ in range(2)]
    before = parts.journal.head().seq

    def several(number):
        writer = writers[number % 2]
        return lambda: [writer.append([note(f"{number}-{step}")])[0].recorded.seq for step in range(5)]

    found = in_parallel([several(number) for number in range(10)])

    assert sorted(seq for one in found for seq in one) == list(range(before + 1, before + 51))
    assert all(one == sorted(one) for one in found)
    assert seqs(parts) == list(range(1, before + 51))
    assert parts.journal.gaps() == 0


def test_a_batch_is_committed_while_the_large_one_before_it_is_projected(parts, make_writer):
    fold = GatedFold()
    writer = make_writer(fold)
    fold.gate.set()
    writer.append(notes("first"))  # only after one that was shown
    before = parts.journal.head().seq
    fold.gate.clear()

    with ThreadPoolExecutor(3) as pool:
        large = pool.submit(writer.append, notes("second"))
        wait_until(lambda: parts.journal.head().seq == before + LARGE)
        following = pool.submit(writer.append, notes("third"))
        wait_until(lambda: parts.journal.head().seq == before + 2 * LARGE)
        small = pool.submit(writer.append, [note("last")])
        assert not any(one.done() for one in (large, following, small))
        fold.gate.set()
        outcomes = [*large.result(), *following.result(), *small.result()]

    assert [outcome.recorded.seq for outcome in outcomes] == list(range(before + 1, before + 2 * LARGE + 2))
    assert {outcome.shown for outcome in outcomes} == {"shown"}
    assert fold.spans == sorted(fold.spans)


def test_after_a_batch_that_was_not_shown_none_is_committed_before_the_next_one_is(parts, make_writer):
    fold = GatedFold()
    writer = make_writer(fold)
    before = parts.journal.head().seq

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.append, notes("first"))
        wait_until(lambda: parts.journal.head().seq == before + LARGE)
        second = pool.submit(writer.append, notes("second"))
        wait_until(lambda: writer.queue_length == 1)
        assert parts.journal.head().seq == before + LARGE
        fold.gate.set()
        first.result()
        second.result()


def test_a_writer_that_stops_ends_with_the_batch_that_is_projected(parts, make_writer):
    fold = GatedFold()
    writer = make_writer(fold)
    fold.gate.set()
    writer.append(notes("first"))
    fold.gate.clear()

    with ThreadPoolExecutor(2) as pool:
        large = pool.submit(writer.append, notes("second"))
        assert fold.is_waiting.wait(10)
        stopped = pool.submit(writer.stop)
        fold.gate.set()
        stopped.result()
        assert [outcome.shown for outcome in large.result()] == ["shown"] * LARGE


def notes(name):
    """As many facts as make a large batch."""
    return [note(f"{name}-{number}") for number in range(LARGE)]


def test_a_follower_never_meets_a_later_fact_before_an_earlier_one(parts, make_writer):
    writers = [make_writer(NoteFold()) for _ in range(2)]
    is_done = threading.Event()
    position, gaps = parts.journal.head(), []

    def follow():
        nonlocal position
        while not is_done.is_set() or position < parts.journal.head():
            for line in parts.journal.after(position, 100):
                if line.seq != position.seq + 1:
                    gaps.append((position, line.position))
                position = line.position

    follower = threading.Thread(target=follow)
    follower.start()
    in_parallel(
        [lambda n=n: [writers[n % 2].append([note(f"{n}-{step}")]) for step in range(5)] for n in range(6)]
    )
    is_done.set()
    follower.join(20)

    assert gaps == []
    assert position == parts.journal.head()


def test_one_refused_fact_fails_alone(parts, writer):
    before = parts.journal.head().seq

    outcomes = writer.append([note("a"), note("b", "refused"), note("c")])

    assert [outcome.error and outcome.error.code for outcome in outcomes] == [None, "refused", None]
    assert seqs(parts)[before:] == [before + 1, before + 2]


def test_a_refused_fact_may_be_sent_again_and_is_checked_again(writer):
    writer.append([note("a", "refused")])

    (outcome,) = writer.append([note("a")])

    assert outcome.error is None
    assert not outcome.replayed


def test_one_fact_that_the_database_refuses_fails_alone(parts, make_writer):
    pause = Pause()
    writer = make_writer(NoteFold(before=pause))
    before = parts.journal.head().seq

    def append(id, fate=""):
        pause.reached.wait(10)  # facts that come while the first one is written are one batch
        return writer.append([note(id, fate)])[0]

    def let_go():
        wait_until(lambda: writer.queue_length >= 5)
        pause.released.set()

    first, *good, bad, _ = in_parallel(
        [lambda: writer.append([note("first")])[0]]
        + [lambda n=n: append(f"good-{n}") for n in range(4)]
        + [lambda: append("bad", "broken"), let_go]
    )

    assert isinstance(bad, peewee.IntegrityError)
    assert [outcome.error for outcome in (first, *good)] == [None] * 5
    assert seqs(parts) == list(range(1, before + 6))


def test_writing_continues_after_a_fact_that_the_database_refused(parts, writer):
    with pytest.raises(peewee.IntegrityError):
        writer.append([note("bad", "broken")])

    assert writer.append([note("good")])[0].error is None
    assert parts.journal.gaps() == 0


def test_a_view_that_fails_does_not_fail_the_commit(parts, make_writer):
    fold = NoteFold()
    writer = make_writer(fold)
    fold.spans = None

    (outcome,) = writer.append([note("a")])

    assert (outcome.error, outcome.shown) == (None, None)
    assert parts.journal.head().seq == outcome.recorded.seq


def test_a_full_queue_refuses_facts_at_once(parts, make_writer, monkeypatch):
    monkeypatch.setattr(module, "WAITING", 10)
    pause = Pause()
    writer = make_writer(NoteFold(before=pause))

    def append_too_many():
        pause.reached.wait(10)
        started = time.monotonic()
        with pytest.raises(Unavailable):
            writer.append([note(f"n{n}") for n in range(9)])
        pause.released.set()
        return time.monotonic() - started

    results = in_parallel([lambda: writer.append([note("a"), note("b")]), append_too_many])

    assert [outcome.error for outcome in results[0]] == [None, None]
    assert results[1] < 0.5
    assert writer.append([note(f"n{n}") for n in range(9)])[8].recorded is not None


def test_facts_that_wait_when_the_writer_is_stopped_are_still_written(parts, make_writer):
    pause = Pause()
    writer = make_writer(NoteFold(before=pause))

    def stop():
        pause.reached.wait(10)
        wait_until(lambda: writer.queue_length >= 1)
        pause.released.set()
        writer.stop()

    def second():
        pause.reached.wait(10)
        return writer.append([note("b")])[0]

    first, other, _ = in_parallel([lambda: writer.append([note("a")])[0], second, stop])

    assert (first.error, other.error) == (None, None)


def test_the_journals_time_never_steps_back_by_less_than_a_minute(parts, writer, clock):
    (first,) = writer.append([note("a")])
    clock.advance(seconds=-30)
    (second,) = writer.append([note("b")])
    clock.advance(seconds=-60)
    (third,) = writer.append([note("c")])

    assert second.recorded.at == first.recorded.at
    assert third.recorded.at == clock()
