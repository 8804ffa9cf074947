"""A server that was started without any settings gives nothing away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.support import ROOT, Stack, wait_until

LISTENS = "0A"  # a TCP socket's state in /proc/net/tcp


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product as `make run` starts it, without HOST."""
    stack = Stack(tmp_path_factory.mktemp("fresh") / "data", {"HOST": ""})
    stack.start()
    yield stack
    stack.end()


def open_to_others(folder: Path) -> dict[str, str]:
    """The files and folders below a folder that other users may reach, with their modes."""
    return {
        str(path.relative_to(folder)): f"{path.stat().st_mode & 0o777:o}"
        for path in folder.rglob("*")
        if path.stat().st_mode & 0o077 and path.name != "serve.log"  # written by the test
    }


def listening_addresses(port: int) -> set[str]:
    """The addresses on which this machine listens on a port, as the kernel writes them."""
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path("/proc/net", name).read_text().splitlines()[1:]
    ]
    ends = [one[1].split(":") for one in lines if one[3] == LISTENS]
    return {address for address, number in ends if int(number, 16) == port}


def test_only_this_machine_can_connect(fresh_server):
    assert listening_addresses(fresh_server.port) == {"0100007F"}
    wait_until(
        lambda: "Only this machine can reach it" in fresh_server.log(), seconds=10, why=fresh_server.log
    )


def test_other_users_of_the_machine_can_read_no_file(fresh_server):
    fresh_server.call("POST", "/v1/boards/main/scores", {"entries": [{"player": "ada", "score": 1}]})
    with Redis(unix_socket_path=fresh_server.redis_socket) as redis:
        redis.save()
    wait_until((fresh_server.data_dir / "server.url").exists)
    files = {path.name for path in fresh_server.data_dir.rglob("*")}

    assert {"scoreboard.db", "scoreboard.db-wal", "audit.db", "dump.rdb", "redis.log", "server.url"} <= files
    assert open_to_others(fresh_server.data_dir) == {}


def test_files_of_an_earlier_version_become_private_at_the_next_start(tmp_path):
    stack = Stack(tmp_path / "data")
    stack.start()
    stack.stop()
    for path in stack.data_dir.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    stack.data_dir.chmod(0o755)

    stack.start()
    files, mode, log = open_to_others(stack.data_dir), stack.data_dir.stat().st_mode & 0o777, stack.log()
    stack.stop()

    assert files == {}
    assert mode == 0o755  # the folder may be another user's, with other files
    assert f'"path":"{stack.data_dir}/scoreboard.db","mode":"644"' in log


@pytest.mark.parametrize("module", ["scoreboard migrate", "worker"])
def test_processes_of_a_platform_make_private_files_too(module, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", *module.split()],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path / "made"), "REDIS_URL": "redis://127.0.0.1:1/0"},
        umask=0o022,
        start_new_session=True,
    )
    wait_until((tmp_path / "made" / "audit.db").exists, seconds=30)
    process.terminate()
    process.wait(20)

    assert open_to_others(tmp_path) == {}
