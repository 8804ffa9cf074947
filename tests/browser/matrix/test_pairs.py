"""The screenshots contain every pair of page, state, width, language and scheme."""

from __future__ import annotations

from tests.browser.matrix.pages import CASES, SCREENSHOTS, STATES, pairs_in, screenshot_cases
from tests.browser.matrix.pairs import choose, missing, pairs_of


def test_the_screenshots_contain_all_pairs():
    chosen = screenshot_cases()

    assert len({one.name for one in chosen}) == SCREENSHOTS
    assert missing(chosen, CASES, pairs_in) == set()
    assert {one.state for one in chosen} >= set(STATES)


def test_a_missing_pair_is_found():
    values = [{"colour": colour, "size": size} for colour in "rgb" for size in (1, 2)]

    chosen = choose(values, pairs_of, 5)

    assert missing(chosen, values, pairs_of) == pairs_of(values[-1])
    assert missing(values, values, pairs_of) == set()
