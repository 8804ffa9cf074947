"""Chooses few combinations that contain every pair of values of two factors: pairwise testing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import TypeVar

T = TypeVar("T")
Pairs = frozenset[frozenset[tuple[str, object]]]


def pairs_of(values: dict[str, object]) -> Pairs:
    """All pairs of two factors with their values."""
    return frozenset(frozenset(pair) for pair in combinations(values.items(), 2))


def choose(candidates: Sequence[T], pairs_in: Callable[[T], Pairs], count: int) -> list[T]:
    """`count` of the candidates, in their order, the same ones at each call.

    Chosen next is always the first of those that add most pairs, and then those whose pairs are rarest.
    """
    pairs = _numbered([pairs_in(one) for one in candidates])
    seen = [0] * (1 + max(map(max, pairs)))
    left = set(range(len(candidates)))
    for _ in range(count):
        best = min(left, key=lambda number: (*_worth(pairs[number], seen), number))
        left.remove(best)
        for pair in pairs[best]:
            seen[pair] += 1
    return [one for number, one in enumerate(candidates) if number not in left]


def missing(chosen: Iterable[T], candidates: Iterable[T], pairs_in: Callable[[T], Pairs]) -> set[object]:
    """The pairs that some candidate contains, and no chosen one."""
    wanted, found = (frozenset().union(*map(pairs_in, cases)) for cases in (candidates, chosen))
    return set(wanted - found)


def _numbered(all: list[Pairs]) -> list[list[int]]:
    """The same with a number for each pair, which is faster to look up."""
    numbers: dict[object, int] = {}
    return [[numbers.setdefault(pair, len(numbers)) for pair in sorted(pairs, key=repr)] for pairs in all]


def _worth(pairs: list[int], seen: list[int]) -> tuple[int, int]:
    """The sort key of a candidate, smaller is better: new pairs, negated, and repetitions of the others."""
    times = [seen[pair] for pair in pairs]
    return -times.count(0), sum(times)
