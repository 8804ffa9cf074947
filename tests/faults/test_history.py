"""The checker of histories: it finds the contradiction in each of these."""

from __future__ import annotations

import pytest

from tests.faults.history import Call, CountedFact, History, Operation, Read, Row, verdict_of
from tests.support import Answer

A, B = Operation("a", "ada", 10), Operation("b", "ada", 5)


def history(*calls, reads=()):
    return History(
        [Call(operation, sent, sent + 1, verdict, "") for operation, sent, verdict in calls], list(reads)
    )


def problems(history, *operations, rows=None):
    """The kinds of contradictions between a history and a journal with these operations."""
    counted = [CountedFact(*operation) for operation in operations]
    if rows is None:
        rows = [Row("ada", sum(operation.points for operation in operations), 1)] if operations else []
    return [text.partition(":")[0] for text in history.contradictions(counted, rows)]


def test_acknowledged_and_counted_operations_are_consistent():
    assert problems(history((A, 0, "ok"), (B, 2, "ok")), A, B) == []


def test_an_acknowledged_operation_that_is_missing_is_lost():
    assert problems(history((A, 0, "ok"), (B, 2, "ok")), A) == ["lost"]


def test_an_acknowledged_operation_that_counts_other_points_is_lost():
    assert "lost" in problems(history((A, 0, "ok")), A._replace(points=11))


def test_an_operation_that_counts_twice_is_doubled():
    assert "doubled" in problems(history((A, 0, "ok")), A, A)


def test_points_of_a_board_that_are_not_in_the_journal_are_found():
    assert problems(history((A, 0, "ok")), A, rows=[Row("ada", 20, 1)]) == ["board"]


@pytest.mark.parametrize("counted", [[], [A]])
def test_an_operation_of_unknown_outcome_may_count_or_not(counted):
    assert problems(history((A, 0, "unknown")), *counted) == []


def test_a_refused_operation_must_not_count():
    assert problems(history((A, 0, "failed")), A) == ["counted"]
    assert problems(history((A, 0, "failed"))) == []


@pytest.mark.parametrize("counted", [[], [A]])
def test_an_operation_that_was_once_refused_and_once_unknown_may_count(counted):
    assert problems(history((A, 0, "unknown"), (A, 2, "failed")), *counted) == []


def test_an_operation_that_was_never_sent_is_found():
    assert problems(history((A, 0, "ok")), A, B) == ["counted"]


def test_a_read_without_an_operation_acknowledged_before_has_gone_back():
    early, late = Read("ada", 0.5, 3, 0), Read("ada", 1.5, 3, 0)

    assert problems(history((A, 0, "ok"), reads=[early]), A) == []
    assert problems(history((A, 0, "ok"), reads=[late]), A) == ["gone back"]


def test_a_read_with_less_than_an_earlier_read_has_gone_back():
    reads = [Read("ada", 2, 3, 10), Read("ada", 4, 5, 0)]

    assert problems(history((A, 0, "unknown"), reads=reads), A) == ["gone back"]
    assert problems(history((A, 0, "unknown"), reads=[reads[0], Read("ada", 2.5, 5, 0)]), A) == []


def test_a_read_with_an_operation_that_was_not_sent_yet_is_found():
    assert problems(history((A, 5, "ok"), reads=[Read("ada", 1, 2, 10)]), A) == ["gone back"]


@pytest.mark.parametrize(
    "rows",
    [
        [Row("ada", 10, 2), Row("bob", 5, 1)],
        [Row("bob", 5, 1), Row("ada", 10, 2)],
        [Row("ada", 10, 1), Row("bob", 5, 1)],
    ],
)
def test_ranks_in_another_order_than_scores_are_found(rows):
    bob = Operation("b", "bob", 5)

    assert problems(history((A, 0, "ok"), (bob, 0, "ok")), A, bob, rows=rows) == ["board"]


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"data": {"rejected": []}}', "ok"),
        (200, b'{"data": {"newScore": 3}}', "ok"),
        (200, b'{"data": {"rejected": [{"index": 0}]}}', "failed"),
        (503, b'{"code": "ledger_unavailable"}', "failed"),
        (503, b'{"code": "storage_full"}', "failed"),
        (503, b'{"code": "outcome_unknown"}', "unknown"),
        (500, b'{"code": "internal_error"}', "unknown"),
        (401, b'{"code": "unauthenticated"}', "failed"),
    ],
)
def test_the_verdict_follows_from_status_and_code(status, body, verdict):
    assert verdict_of(Answer(status, {}, body))[0] == verdict


def test_without_an_answer_the_outcome_is_unknown():
    assert verdict_of(None) == ("unknown", "nothing")
