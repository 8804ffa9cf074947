"""Trends of noisy measurements. Pure.

The machine does other work meanwhile: single values may be many times too high. So a trend is the median of
the slopes between all pairs of points (Theil and Sen), and it counts only if most pairs agree (Kendall).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import median

Points = Sequence[tuple[float, float]]  # seconds, or another axis, and a value; the axis increases


def slope(points: Points) -> float:
    """The median slope between all pairs of points. A third of the points may be arbitrarily wrong."""
    return median(
        (later - earlier) / (at - before)
        for (before, earlier), (at, later) in combinations(points, 2)
        if at > before
    )


def agreement(points: Points) -> float:
    """The pairs that rise less those that fall, as a share of all: from -1 to 1; about 0 without a trend."""
    signs = [(later > earlier) - (later < earlier) for (_, earlier), (_, later) in combinations(points, 2)]
    return sum(signs) / len(signs)


def growth(points: Points) -> float:
    """The growth from the first point to the last one, along the slope."""
    return slope(points) * (points[-1][0] - points[0][0])


def middle(points: Points) -> float:
    """The median value."""
    return median(value for _, value in points)


def halves(points: Points) -> tuple[Points, Points]:
    """The earlier and the later half of the points."""
    return points[: len(points) // 2], points[len(points) // 2 :]
