"""Which tests `make check` runs."""

from __future__ import annotations

import pytest

from tests import changed
from tests.changed import ALWAYS, AREAS
from tests.support import ROOT


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("scoreboard/boards/store/redisview.py", {"tests/boards"}),
        ("tests/boards/test_ranks.py", {"tests/boards"}),
        ("scoreboard/boardsandmore.py", set()),
        ("clients/javascript/stream/line.js", {"tests/frontend"}),
        ("frontend/static/js/main.js", {"tests/frontend"}),
        ("config/settings.py", {"tests/commands/test_settings.py"}),
        ("README.md", set()),
    ],
)
def test_a_change_runs_the_tests_of_its_area(file, tests):
    assert set(changed.tests_of([file])) == {ALWAYS, *tests}


@pytest.mark.parametrize("path", sorted({*AREAS, *AREAS.values(), ALWAYS}))
def test_all_that_is_named_is_there(path):
    assert (ROOT / path).exists()
