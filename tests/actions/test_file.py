"""Action types that a file defines."""

from __future__ import annotations

import pytest

from scoreboard.core.errors import ValidationFailed

pytestmark = pytest.mark.one_database


@pytest.fixture
def file(tmp_path):
    """Writes a file of action types. Returns its path."""

    def write(text):
        path = tmp_path / "actions.toml"
        path.write_text(text, "utf-8")
        return path

    return write


JUMP = '[jump]\nboards = ["main"]\npoints = 10\n'


def test_the_shipped_file_lets_visitors_play(parts):
    rules = parts.actions.types.get(parts.base.settings.demo_action).rules

    assert rules.boards == ("main",)
    assert rules.range == (1, 10)


def test_only_types_that_changed_are_defined_again(parts, file):
    first = parts.actions.type_admin.apply_file(file(f"{JUMP}minSeconds = 1\n"))
    again = parts.actions.type_admin.apply_file(file(f"{JUMP}minSeconds = 1 # a comment\n"))
    other = parts.actions.type_admin.apply_file(file(f"{JUMP}minSeconds = 2\n"))

    assert (first, again, other) == (["jump"], [], ["jump"])
    assert parts.actions.types.get("jump").rules.min_seconds == 2.0


def test_a_change_by_hand_stays_until_the_file_changes(parts, file):
    parts.actions.type_admin.apply_file(file(JUMP))
    parts.actions.type_admin.define("jump", {"boards": ["main"], "points": 20}, context={})

    assert parts.actions.type_admin.apply_file(file(JUMP)) == []
    assert parts.actions.types.get("jump").rules.points == 20


def test_a_type_waits_for_its_boards(parts, file):
    path = file('[fly]\nboards = ["sky"]\npoints = 1\n')

    assert parts.actions.type_admin.apply_file(path) == []
    parts.boards.admin.define("sky", {}, context={})
    assert parts.actions.type_admin.apply_file(path) == ["fly"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('[jump]\nboards = ["main"]\n', "[jump] body"),
        ('[jump]\nboards = ["main"]\npoints = 10\nspeed = 1\n', "[jump] body"),
        ('[Jump]\nboards = ["main"]\npoints = 10\n', "[Jump] name"),
        ('[jump]\nboards = ["main"]\npoints = { min = 2, max = 1 }\n', "[jump] points.min"),
        ('[jump]\nboards = ["main"]\npoints = 10\nhourlyCap = 9\n', "[jump] hourlyCap"),
    ],
)
def test_an_error_names_the_file_and_the_type(parts, file, text, field):
    with pytest.raises(ValidationFailed) as error:
        parts.actions.type_admin.apply_file(file(text))

    assert field in error.value.detail
    assert "actions.toml" in error.value.detail
