"""Boards that a file defines."""

from __future__ import annotations

import pytest

from scoreboard.core.errors import ValidationFailed
from tests.boards.calls import put

pytestmark = pytest.mark.one_database


@pytest.fixture
def file(tmp_path):
    """Writes a boards file. Returns its path."""

    def write(text):
        path = tmp_path / "boards.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_file_defines_its_boards(parts, file):
    ids = parts.boards.admin.apply_file(file('[cup]\ntitle = "Cup"\nminScore = 0\n[day]\nperiod = "daily"\n'))

    assert ids == ["cup", "day"]
    assert parts.boards.service.board("cup").definition.title == "Cup"
    assert parts.boards.service.board("day").definition.period == "daily"


def test_only_boards_that_changed_are_defined_again(parts, file):
    parts.boards.admin.apply_file(file('[cup]\ntitle = "Cup"\n[day]\n'))
    before = parts.boards.service.board("day").revision

    ids = parts.boards.admin.apply_file(file('[day]\n\n# a comment\n[cup]\ntitle = "The Cup"\n'))

    assert ids == ["cup"]
    assert parts.boards.service.board("day").revision == before


def test_a_change_by_hand_stays_until_the_file_changes(client, parts, file):
    parts.boards.admin.apply_file(file('[cup]\ntitle = "Cup"\n'))
    put(client, "cup", title="By hand")

    assert parts.boards.admin.apply_file(file('[cup]\ntitle = "Cup"\n')) == []
    assert parts.boards.service.board("cup").definition.title == "By hand"
    assert parts.boards.admin.apply_file(file('[cup]\ntitle = "New"\n')) == ["cup"]
    assert parts.boards.service.board("cup").definition.title == "New"


def test_a_deleted_board_stays_deleted_until_the_file_changes(client, parts, file):
    parts.boards.admin.apply_file(file("[cup]\n"))
    client.delete("/v1/admin/boards/cup")

    assert parts.boards.admin.apply_file(file("[cup]\n")) == []
    assert parts.boards.admin.apply_file(file('[cup]\ntitle = "Again"\n')) == ["cup"]


def test_no_file_defines_no_boards(parts, tmp_path):
    assert parts.boards.admin.apply_file(tmp_path / "none.toml") == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[cup", ""),
        ('[cup]\ntitle = "a"\ntitle = "b"\n', ""),
        ("[cup]\nties = 3\n", ": [cup] ties"),
        ('[cup]\nties = "shared"\n', ": [cup] ties"),
        ("[cup]\nunknown = 1\n", ": [cup] body"),
        ('[cup]\nperiod = "yearly"\n', ": [cup] period"),
        ("[Cup]\n", ": [Cup] id"),
        ("cup = 3\n", ": [cup] body"),
        ('[[cup]]\ntitle = "a"\n', ": [cup] body"),
        ("[cup]\nfrozenAt = 2026-01-01\n", ": [cup] frozenAt"),
    ],
)
def test_an_error_in_a_file_is_named_with_file_and_board(parts, file, text, field):
    path = file(text)

    with pytest.raises(ValidationFailed) as error:
        parts.boards.admin.apply_file(path)

    assert error.value.errors[0].field == f"{path}{field}"


def test_a_byte_order_mark_and_windows_line_ends_are_no_content(parts, tmp_path):
    path = tmp_path / "boards.toml"
    path.write_bytes(b'\xef\xbb\xbf[cup]\r\ntitle = "Cup"\r\n')

    assert parts.boards.admin.apply_file(path) == ["cup"]
    assert parts.boards.service.board("cup").definition.title == "Cup"


def test_a_utf16_file_is_refused_with_instructions(parts, tmp_path):
    path = tmp_path / "boards.toml"
    path.write_text("[cup]\n", "utf-16")

    with pytest.raises(ValidationFailed) as error:
        parts.boards.admin.apply_file(path)

    assert "save it as UTF-8" in error.value.errors[0].message


def test_a_file_that_is_not_utf8_is_refused(parts, tmp_path):
    path = tmp_path / "boards.toml"
    path.write_bytes(b'[cup]\ntitle = "\xff"\n')

    with pytest.raises(ValidationFailed):
        parts.boards.admin.apply_file(path)


def test_the_shipped_file_documents_the_defaults(parts):
    board = parts.boards.service.board("main")

    assert board.definition.title == "Main board"
    assert board.definition.ties == "ordinal"
