"""What a server gives away that was started without any settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Stack, wait_until

LISTENS = "0A"  # a TCP socket's state in /proc/net/tcp


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`make run` as it is, without HOST."""
    stack = Stack(tmp_path_factory.mktemp("fresh") / "data", {"HOST": ""})
    stack.start()
    yield stack
    stack.stop()


def listening(port: int) -> set[str]:
    """The addresses on which this machine listens on a port, as the kernel writes them."""
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path("/proc/net", name).read_text().splitlines()[1:]
    ]
    ends = [one[1].split(":") for one in lines if one[3] == LISTENS]
    return {address for address, number in ends if int(number, 16) == port}


def test_only_this_machine_reaches_it(fresh):
    assert listening(fresh.port) == {"0100007F"}
    wait_until(lambda: "Only this machine can reach it" in fresh.log(), seconds=10, why=fresh.log)
