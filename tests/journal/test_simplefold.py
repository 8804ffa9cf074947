"""A feature whose fold is a function."""

from __future__ import annotations

import pytest

from scoreboard.core.errors import Refused
from scoreboard.journal.simplefold import SimpleFold
from tests.journal.folds import note

pytestmark = pytest.mark.one_database


@pytest.fixture
def spans():
    return []


@pytest.fixture
def writer(make_writer, spans):
    return make_writer(SimpleFold({"noted"}, apply=apply_note, announce=spans.append))


def apply_note(db, fact, position, at):
    if fact.action == "refused":
        raise Refused("This fact breaks a rule.", code="refused")
    return {"seq": position.seq, "at": at}


def test_the_function_sees_each_fact_with_its_number_and_time(parts, writer, clock):
    head = parts.journal.head().seq

    outcomes = writer.append([note("a"), note("b")])

    assert [one.recorded.result for one in outcomes] == [
        {"seq": head + 1, "at": clock()},
        {"seq": head + 2, "at": clock()},
    ]


def test_a_fact_that_the_function_refuses_is_not_recorded(parts, writer):
    head = parts.journal.head().seq

    (outcome,) = writer.append([note("a", "refused")])

    assert outcome.error.code == "refused"
    assert parts.journal.head().seq == head


def test_the_span_of_each_commit_is_announced(parts, writer, spans):
    head = parts.journal.head().seq

    writer.append([note("a"), note("b")])
    writer.append([note("c")])

    assert [(one.first, one.last) for one in spans] == [(head + 1, head + 2), (head + 3, head + 3)]


def test_a_fact_that_is_recorded_already_is_not_applied_again(parts, writer):
    (first,) = writer.append([note("a")])

    (second,) = writer.append([note("a")])

    assert second.replayed
    assert second.recorded == first.recorded
