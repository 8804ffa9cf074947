"""The checker itself: each history here has something wrong, and it must say so."""

from __future__ import annotations

import pytest

from tests.faults.history import Call, Counted, Deed, History, Read, Row, judged
from tests.support import Answer

A, B = Deed("a", "ada", 10), Deed("b", "ada", 5)


def history(*calls, reads=()):
    return History([Call(deed, sent, sent + 1, verdict, "") for deed, sent, verdict in calls], list(reads))


def problems(history, *deeds, rows=None):
    """What kinds of contradictions there are where these deeds count."""
    counted = [Counted(*deed) for deed in deeds]
    if rows is None:
        rows = [Row("ada", sum(deed.points for deed in deeds), 1)] if deeds else []
    return [text.partition(":")[0] for text in history.contradictions(counted, rows)]


def test_what_was_acknowledged_and_counted_is_right():
    assert problems(history((A, 0, "ok"), (B, 2, "ok")), A, B) == []


def test_what_was_acknowledged_and_is_not_there_is_lost():
    assert problems(history((A, 0, "ok"), (B, 2, "ok")), A) == ["lost"]


def test_what_was_acknowledged_with_other_points_is_lost():
    assert "lost" in problems(history((A, 0, "ok")), A._replace(points=11))


def test_what_is_there_twice_is_doubled():
    assert "doubled" in problems(history((A, 0, "ok")), A, A)


def test_what_the_board_has_beyond_the_journal_is_seen():
    assert problems(history((A, 0, "ok")), A, rows=[Row("ada", 20, 1)]) == ["board"]


@pytest.mark.parametrize("counted", [[], [A]])
def test_what_is_unknown_may_count_or_not(counted):
    assert problems(history((A, 0, "unknown")), *counted) == []


def test_what_was_refused_must_not_be_there():
    assert problems(history((A, 0, "failed")), A) == ["counted"]
    assert problems(history((A, 0, "failed"))) == []


@pytest.mark.parametrize("counted", [[], [A]])
def test_what_was_refused_once_and_unknown_once_may_be_there(counted):
    assert problems(history((A, 0, "unknown"), (A, 2, "failed")), *counted) == []


def test_what_nobody_sent_is_seen():
    assert problems(history((A, 0, "ok")), A, B) == ["counted"]


def test_a_read_that_lacks_what_was_acknowledged_before_has_gone_back():
    early, late = Read("ada", 0.5, 3, 0), Read("ada", 1.5, 3, 0)

    assert problems(history((A, 0, "ok"), reads=[early]), A) == []
    assert problems(history((A, 0, "ok"), reads=[late]), A) == ["gone back"]


def test_a_read_that_lacks_what_an_earlier_read_had_has_gone_back():
    reads = [Read("ada", 2, 3, 10), Read("ada", 4, 5, 0)]

    assert problems(history((A, 0, "unknown"), reads=reads), A) == ["gone back"]
    assert problems(history((A, 0, "unknown"), reads=[reads[0], Read("ada", 2.5, 5, 0)]), A) == []


def test_a_read_that_has_what_was_not_sent_yet_is_seen():
    assert problems(history((A, 5, "ok"), reads=[Read("ada", 1, 2, 10)]), A) == ["gone back"]


@pytest.mark.parametrize(
    "rows",
    [
        [Row("ada", 10, 2), Row("bob", 5, 1)],
        [Row("bob", 5, 1), Row("ada", 10, 2)],
        [Row("ada", 10, 1), Row("bob", 5, 1)],
    ],
)
def test_ranks_in_another_order_than_scores_are_seen(rows):
    bob = Deed("b", "bob", 5)

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
def test_answers_are_judged_by_what_they_promise(status, body, verdict):
    assert judged(Answer(status, {}, body))[0] == verdict


def test_no_answer_tells_nothing():
    assert judged(None) == ("unknown", "nothing")
