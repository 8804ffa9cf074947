"""Rates in the notation of the library `limits`, such as 10/second;600/hour. Pure."""

from __future__ import annotations

from limits import parse_many

LARGEST = 10**9  # calls, and seconds: Redis can count these


def is_rate(text: str) -> bool:
    """True if a text is one rate, or several of different lengths."""
    try:
        items = parse_many(text)
    except ValueError:
        return False
    are_distinct = len({item.get_expiry() for item in items}) == len(items)
    return are_distinct and all(0 < item.amount < LARGEST and item.get_expiry() < LARGEST for item in items)
