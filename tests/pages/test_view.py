"""Boards in the shapes that templates need."""

from __future__ import annotations

import pytest

from scoreboard.boards.types import Row
from scoreboard.pages import view


def row(rank):
    return Row(
        rank=rank, player="p", name="p", score=0, columns={}, reached_at=0, metadata="", ahead=rank - 1
    )


@pytest.mark.parametrize(
    ("row_ranks", "texts"),
    [
        ([1, 2, 3], ["1", "2", "3"]),
        ([1, 1, 3, 4, 4], ["=1", "=1", "3", "=4", "=4"]),
        ([7], ["7"]),
        ([], []),
    ],
)
def test_shared_ranks_have_a_sign(row_ranks, texts):
    assert view.ranks([row(rank) for rank in row_ranks]) == texts


@pytest.mark.parametrize(
    ("offset", "total", "offsets"),
    [
        (0, 250, [None, None, 100, 200]),
        (100, 250, [0, 0, 200, 200]),
        (200, 250, [0, 100, None, None]),
        (0, 100, [None, None, None, None]),
        (0, 0, [None, None, None, None]),
        (900, 250, [0, 800, 200, 200]),
    ],
)
def test_a_pager_leads_to_the_pages_of_the_list(offset, total, offsets):
    assert [link.offset for link in view.page_links(offset, 100, total)] == offsets
