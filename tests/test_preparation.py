"""Preparation of a process: the files that define boards and action types."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def warnings(parts, caplog):
    """Prepare with other files of definitions. Returns the log's warnings and errors."""

    def prepare(**files):
        base = replace(parts.base, settings=replace(parts.base.settings, **files))
        replace(parts.preparation, base=base).loop.take_turn()
        return [record for record in caplog.records if record.name == "scoreboard.preparation"]

    caplog.set_level("WARNING")
    return prepare


def test_a_missing_file_is_named_with_its_setting(warnings, tmp_path):
    (record,) = warnings(boards_file=tmp_path / "none.toml")

    assert "does not exist" in record.getMessage()
    assert (record.setting, record.file) == ("BOARDS_FILE", str(tmp_path / "none.toml"))


def test_an_unreadable_file_is_named_in_one_line_without_a_traceback(warnings, tmp_path):
    (record,) = warnings(actions_file=tmp_path)  # a folder

    assert record.exc_info is None
    assert str(tmp_path) in record.reason
    assert "can't be read" in record.reason


def test_both_files_of_the_product_are_accepted(warnings):
    assert warnings() == []
