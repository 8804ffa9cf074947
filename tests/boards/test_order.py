"""The order key: comparing texts is comparing standings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.boards.order import LAST_TIME, Order, percentile
from scoreboard.boards.types import SAFE, Column, Definition, Place, Standing
from scoreboard.journal.types import Position

DIRECTIONS = ("desc", "asc")
LAYOUTS = [combination for count in (1, 2, 3) for combination in itertools.product(DIRECTIONS, repeat=count)]

numbers = st.one_of(st.integers(-SAFE, SAFE), st.sampled_from([-SAFE, 1 - SAFE, -1, 0, 1, SAFE - 1, SAFE]))
moments = st.one_of(st.integers(0, LAST_TIME), st.integers(0, 2), st.just(LAST_TIME))


def order_of(directions, ties="ordinal"):
    score, *columns = directions
    return Order(
        Definition(
            order=score,
            ties=ties,
            columns=tuple(Column(name=f"c{index}", order=way) for index, way in enumerate(columns)),
        )
    )


def standing(values, reached_at=0, reached_by=0):
    score, *columns = values
    return Standing(
        player="p",
        score=score,
        columns=tuple(columns),
        reached_at=reached_at,
        reached_by=reached_by,
        version=reached_by,
    )


def better_first(directions, one):
    """A standing as a tuple that is greater where the standing is better."""
    values = (one.score, *one.columns)
    signed_values = (
        value if way == "desc" else -value for value, way in zip(values, directions, strict=True)
    )
    return (*signed_values, -one.reached_at, -one.reached_by)


@st.composite
def pairs(draw):
    directions = draw(st.sampled_from(LAYOUTS))
    small = draw(st.booleans())
    values = st.integers(-2, 2) if small else numbers
    one, other = (
        standing([draw(values) for _ in directions], draw(moments), draw(moments)) for _ in range(2)
    )
    return directions, one, other


@given(pairs())
def test_keys_compare_as_standings_do(pair):
    directions, one, other = pair
    order = order_of(directions)

    assert (order.key(one) < order.key(other)) == (
        better_first(directions, one) < better_first(directions, other)
    )
    assert (order.key(one) == order.key(other)) == (
        better_first(directions, one) == better_first(directions, other)
    )


@given(pairs())
def test_a_key_can_be_read_back(pair):
    directions, one, _ = pair
    order = order_of(directions)

    key = order.key(one)

    assert order.read(key) == (one.score, one.columns, one.reached_at)
    assert len(key) == order.width


@given(pairs())
def test_a_key_begins_with_its_tier(pair):
    directions, one, _ = pair
    order = order_of(directions)

    assert order.key(one)[: order.tier_width] == order.tier(one.score, one.columns)


@pytest.mark.parametrize("directions", LAYOUTS, ids="-".join)
def test_the_extremes_of_every_direction_stay_in_order(directions):
    order = order_of(directions)
    values = (-SAFE, -1, 0, 1, SAFE)
    standings = [standing(row) for row in itertools.product(values, repeat=len(directions))]

    by_key = sorted(standings, key=order.key)

    assert by_key == sorted(standings, key=lambda one: better_first(directions, one))


def test_the_first_player_to_reach_a_score_is_ahead_and_within_a_millisecond_the_earlier_fact():
    order = order_of(("desc",))

    assert order.key(standing([5], reached_at=1, reached_by=9)) > order.key(
        standing([5], reached_at=2, reached_by=3)
    )
    assert order.key(standing([5], reached_at=1, reached_by=3)) > order.key(
        standing([5], reached_at=1, reached_by=4)
    )


@pytest.mark.parametrize(
    ("ties", "ranks"), [("ordinal", [1, 2, 3, 4]), ("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3])]
)
def test_each_tie_rule_counts_ranks_its_own_way(ties, ranks):
    order = order_of(("desc",), ties)
    found = [(order.key(standing([score], reached_by=at)), "p", "") for at, score in enumerate([9, 5, 5, 1])]

    places = order.number(found, position=0, ahead=0, tiers=0)

    assert [order.rank(place) for place in places] == ranks


def test_numbering_continues_from_the_first_place():
    order = order_of(("desc",), "dense")
    found = [(order.key(standing([score])), "p", "") for score in (5, 4, 4)]

    places = order.number(found, position=10, ahead=8, tiers=6)

    assert [(place.position, place.ahead, place.tiers) for place in places] == [
        (10, 8, 6),
        (11, 11, 7),
        (12, 11, 7),
    ]


@pytest.mark.parametrize(
    ("ties", "position", "ahead", "total", "percent"),
    [
        ("ordinal", 0, 0, 1, 100.0),
        ("ordinal", 0, 0, 5, 100.0),
        ("ordinal", 4, 2, 5, 0.0),
        ("competition", 4, 2, 5, 50.0),
        ("dense", 4, 0, 5, 100.0),
        ("ordinal", 1, 1, 4, 66.67),
    ],
)
def test_the_percentile_is_the_share_of_others_behind_or_level(ties, position, ahead, total, percent):
    place = Place(key="", player="p", position=position, ahead=ahead, tiers=0)

    assert percentile(order_of(("desc",), ties).ahead(place), total) == percent


def test_at_the_same_time_the_lower_shard_was_first_and_keys_of_shard_0_stay():
    order = Order(Definition())

    def key(shard, seq, at=1):
        return order.compose(5, (), at, Position(shard, seq).number)

    expected = [key(0, 3), key(0, 9), key(1, 2), key(1, 9), key(7, 1), key(0, 1, at=2)]
    assert sorted(expected, reverse=True) == expected
    assert key(0, 9) == order.compose(5, (), 1, 9)
