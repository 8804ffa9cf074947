"""The whole matrix, by its elements alone: `make pages-matrix` runs it, `make test` does not.

A page is loaded once in each language, and then seen in all widths and colour schemes.
"""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.browser.boards import SETTLED
from tests.browser.matrix.layout import faults, rows_of, rows_on
from tests.browser.matrix.pages import CASES
from tests.browser.matrix.screen import BOARDS, fit


def _place(case):
    return case.page, case.state, case.language


GROUPS = {"-".join(place): list(cases) for place, cases in groupby(sorted(CASES, key=_place), key=_place)}


@pytest.mark.parametrize("cases", GROUPS.values(), ids=GROUPS)
def test_a_page_is_whole_in_every_width_and_scheme(screen, cases):
    first = cases[0]
    page = screen.show(first)

    found = []
    for case in cases:
        fit(page, case)
        page.evaluate(SETTLED)
        found += [f"{case.width} {case.scheme}: {fault}" for fault in faults(page, case)]

    assert found == [], "\n".join(["", *found])
    if first.page in BOARDS:
        rows = rows_on(page)
        assert rows == rows_of(screen.stack, first.state, len(rows))
        assert bool(rows) == (first.state != "empty")
