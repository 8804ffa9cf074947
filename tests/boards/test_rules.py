"""The change that a score makes in a standing, and the rules that refuse scores and definitions."""

from __future__ import annotations

import pytest

from scoreboard.boards.order import Order
from scoreboard.boards.rules import check_amount, check_standing, definition_errors, fold
from scoreboard.boards.types import SAFE, Column, Definition, Standing
from scoreboard.core.errors import Refused
from scoreboard.journal.types import Position

GOALS = (Column(name="goals"),)
MACHINE_ZONES = ("localtime", "posixrules", "right/Europe/Berlin", "posix/UTC", "europe/berlin")


def standing(score, *columns, metadata=""):
    return Standing(
        player="ada",
        score=score,
        columns=columns,
        reached_at=1000,
        reached_by=7,
        version=7,
        metadata=metadata,
    )


def fold_one(old, operator, amount, *columns, metadata="", **definition):
    order = Order(Definition(columns=GOALS if columns else (), **definition))
    return fold(
        old,
        player="ada",
        operator=operator,
        amount=amount,
        columns=columns,
        order=order,
        at=2000,
        position=Position(0, 8),
        metadata=metadata,
    )


@pytest.mark.parametrize(
    ("operator", "before", "amount", "after"),
    [
        ("increment", 10, 5, 15),
        ("increment", 10, -5, 5),
        ("decrement", 10, 3, 7),
        ("decrement", 10, -3, 13),
        ("set", 10, 3, 3),
        ("best", 10, 30, 30),
        ("best", 10, 3, 10),
    ],
)
def test_each_operator_makes_its_own_score(operator, before, amount, after):
    assert fold_one(standing(before), operator, amount).score == after


@pytest.mark.parametrize(
    ("operator", "score"), [("increment", 5), ("decrement", -5), ("set", 5), ("best", 5)]
)
def test_the_first_score_makes_a_standing(operator, score):
    new = fold_one(None, operator, 5)

    assert (new.player, new.score, new.columns) == ("ada", score, ())
    assert (new.reached_at, new.reached_by, new.version) == (2000, 8, 8)


@pytest.mark.parametrize("operator", ["increment", "decrement", "set", "best"])
def test_a_first_score_of_zero_is_a_standing_too(operator):
    assert fold_one(None, operator, 0).reached_at == 2000


@pytest.mark.parametrize(
    ("operator", "amount"),
    [("increment", 0), ("decrement", 0), ("set", 10), ("best", 10), ("best", 3), ("best", 0)],
)
def test_an_equal_worse_or_zero_score_changes_nothing(operator, amount):
    old = standing(10)

    assert fold_one(old, operator, amount) is old


def test_a_new_score_moves_the_reach_time():
    new = fold_one(standing(10), "increment", 1)

    assert (new.reached_at, new.reached_by, new.version) == (2000, 8, 8)


def test_best_keeps_the_lowest_score_if_less_is_better():
    assert fold_one(standing(10), "best", 3, order="asc").score == 3
    assert fold_one(standing(10), "best", 30, order="asc").score == 10


@pytest.mark.parametrize(
    ("score", "goals", "row"),
    [(10, 4, (10, (5,))), (10, 6, (10, (6,))), (9, 99, (10, (5,))), (11, 0, (11, (0,)))],
    ids=["fewer goals", "more goals", "worse score, more goals", "better score, fewer goals"],
)
def test_best_compares_whole_rows_and_never_mixes_them(score, goals, row):
    new = fold_one(standing(10, 5), "best", score, goals)

    assert (new.score, new.columns) == row


def test_increment_and_decrement_count_columns_too():
    assert fold_one(standing(10, 5), "increment", 3, -2).columns == (3,)
    assert fold_one(standing(10, 5), "decrement", 3, -2).columns == (7,)


def test_a_column_that_moves_alone_moves_the_reach_time():
    assert fold_one(standing(10, 5), "increment", 0, 1).reached_at == 2000


def test_metadata_stays_until_something_replaces_it():
    assert fold_one(standing(10, metadata='{"a":1}'), "increment", 1).metadata == '{"a":1}'
    assert (
        fold_one(standing(10, metadata='{"a":1}'), "increment", 1, metadata='{"a":2}').metadata == '{"a":2}'
    )


def test_metadata_of_an_equal_score_is_kept_without_moving_the_reach_time():
    new = fold_one(standing(10), "set", 10, metadata='{"a":2}')

    assert (new.metadata, new.reached_at, new.reached_by, new.version) == ('{"a":2}', 1000, 7, 8)


def test_metadata_of_a_worse_score_is_not_kept():
    old = standing(10, metadata='{"a":1}')

    assert fold_one(old, "best", 3, metadata='{"a":2}') is old


@pytest.mark.parametrize(
    ("operator", "amount", "code"),
    [
        ("increment", 100, None),
        ("increment", -100, None),
        ("increment", 101, "increment_too_large"),
        ("decrement", -101, "increment_too_large"),
        ("set", 101, None),
        ("best", -10, None),
        ("best", -11, "score_out_of_range"),
        ("set", 1001, "score_out_of_range"),
    ],
)
def test_a_board_takes_only_amounts_within_its_bounds(operator, amount, code):
    definition = Definition(min_score=-10, max_score=1000, max_increment=100)

    assert refusal(check_amount, definition, operator, amount) == code


@pytest.mark.parametrize(
    ("score", "column", "code"),
    [
        (SAFE, 0, None),
        (-SAFE, -SAFE, None),
        (SAFE + 1, 0, "score_out_of_range"),
        (-SAFE - 1, 0, "score_out_of_range"),
        (0, SAFE + 1, "score_out_of_range"),
        (0, -SAFE - 1, "score_out_of_range"),
    ],
)
def test_no_standing_leaves_the_range_of_exact_numbers(score, column, code):
    assert refusal(check_standing, Definition(), standing(score, column)) == code


def test_a_standing_may_not_be_pushed_over_the_boards_bounds():
    assert refusal(check_standing, Definition(max_score=10), standing(11)) == "score_out_of_range"
    assert refusal(check_standing, Definition(min_score=0), standing(-1)) == "score_out_of_range"


@pytest.mark.parametrize(
    ("definition", "fields"),
    [
        (Definition(), []),
        (Definition(period="yearly"), ["period"]),
        (Definition(period="61 * * * *"), ["period"]),
        (Definition(period="0 0 30 2 *"), ["period"]),
        (Definition(windows=("daily", "never", "0 0 * *")), ["windows", "windows"]),
        (Definition(time_zone="Mars/Olympus"), ["timeZone"]),
        (Definition(time_zone="../etc/passwd"), ["timeZone"]),
        (Definition(time_zone=""), ["timeZone"]),
        *((Definition(time_zone=zone), ["timeZone"]) for zone in MACHINE_ZONES),
        (Definition(time_zone="US/Pacific"), []),
        (Definition(time_zone="Asia/Calcutta"), []),
        (Definition(columns=(Column(name="a"), Column(name="a", order="asc"))), ["columns"]),
        (Definition(regions=("eu", "eu")), ["regions"]),
        (Definition(min_score=2, max_score=1), ["minScore"]),
        (Definition(min_score=1, max_score=1), []),
        (Definition(period="x", time_zone="y", regions=("a", "a")), ["period", "timeZone", "regions"]),
    ],
    ids=lambda value: None,
)
def test_a_definition_without_meaning_is_refused_field_by_field(definition, fields):
    assert [error.field for error in definition_errors(definition)] == fields


def refusal(check, *args):
    try:
        check(*args)
    except Refused as error:
        return error.code
    return None
