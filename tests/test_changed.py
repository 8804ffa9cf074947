"""The tests that `make check` chooses."""

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
        ("scoreboard/reference/document.py", {"tests/reference/test_document.py"}),
        ("clients/javascript/stream/feed.js", {"tests/frontend"}),
        ("frontend/static/js/main.js", {"tests/frontend"}),
        ("config/settings.py", {"tests/commands/test_settings.py"}),
        ("README.md", set()),
    ],
)
def test_a_change_runs_the_tests_of_its_area(file, tests):
    assert set(changed.tests_of([file])) == {ALWAYS, *tests}


def test_a_new_feature_is_an_area_once_it_has_tests(tmp_path):
    for package in ("scoreboard/tallies", "tests/tallies", "scoreboard/untested", "tests/flows"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()

    assert changed.features(tmp_path) == {"scoreboard/tallies": "tests/tallies"}


@pytest.mark.parametrize("path", sorted({*AREAS, *AREAS.values(), ALWAYS}))
def test_every_area_and_its_tests_exist(path):
    assert (ROOT / path).exists()
