"""Files and folders for their owner only, with any umask."""

from __future__ import annotations

import os
import stat

import apsw
import pytest

from scoreboard.core import private
from scoreboard.core.storage.db import Database, execute


@pytest.fixture(autouse=True)
def permissive_umask():
    """Let other users read the files that this process creates."""
    umask = os.umask(0o022)
    yield
    os.umask(umask)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_created_files_are_for_their_owner(tmp_path):
    private.folder(tmp_path / "new")
    private.file(tmp_path / "new" / "file")

    assert (mode(tmp_path / "new"), mode(tmp_path / "new" / "file")) == (0o700, 0o600)


def test_an_existing_folder_is_unchanged(tmp_path):
    tmp_path.chmod(0o755)

    private.folder(tmp_path)

    assert mode(tmp_path) == 0o755


def test_an_existing_file_keeps_its_content_and_is_closed_to_others(tmp_path, caplog):
    path = tmp_path / "kept"
    path.write_text("here")
    path.chmod(0o664)

    private.file(path)
    private.file(path)

    assert (path.read_text(), mode(path)) == ("here", 0o600)
    assert [(one.path, one.mode) for one in caplog.records] == [(str(path), "664")]


def test_missing_files_stay_missing(tmp_path, caplog):
    private.close(tmp_path / "none")
    private.file(tmp_path / "none" / "file")

    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


def test_a_database_is_for_its_owner_with_the_files_beside_it(tmp_path):
    path = tmp_path / "below" / "scoreboard.db"
    database = Database(f"sqlite:///{path}")
    database.run(lambda db: execute(db, "CREATE TABLE one (two)"))

    found = {one.name: mode(one) for one in path.parent.iterdir()}
    database.close()

    assert found == dict.fromkeys(("scoreboard.db", "scoreboard.db-wal", "scoreboard.db-shm"), 0o600)
    assert mode(path.parent) == 0o700


def test_a_database_of_an_earlier_version_is_closed_to_others(tmp_path):
    path = tmp_path / "scoreboard.db"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = wal; CREATE TABLE one (two)")
    assert mode(path) == 0o644

    Database(f"sqlite:///{path}").close()
    found = {mode(one) for one in tmp_path.iterdir()}
    connection.close()

    assert found == {0o600}
