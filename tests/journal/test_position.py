"""Positions: values that name a fact outside its shard's database."""

from __future__ import annotations

import random

from scoreboard.journal.types import Position


def test_positions_of_a_shard_are_in_the_order_of_its_commits():
    assert Position(3, 9) < Position(3, 10)
    assert max(Position(3, 9), Position(3, 11), Position(3, 10)) == Position(3, 11)


def test_the_number_of_a_position_orders_by_shard_and_then_by_seq_and_is_seq_in_the_first_shard():
    draw = random.Random(1)
    found = [Position(draw.choice([0, 1, 1023]), draw.randrange(1 << 35)) for _ in range(200)]

    assert sorted(found, key=lambda one: one.number) == sorted(found)
    assert [one.number for one in found if one.shard == 0] == [one.seq for one in found if one.shard == 0]
    assert max(one.number for one in found) < 1 << 45


def test_the_text_of_a_position_names_shard_and_seq():
    assert str(Position(2, 17)) == "2-17"
    assert len({str(Position(1, 11)), str(Position(11, 1)), str(Position(0, 111))}) == 3
