"""Features that only some systems have: the product works without them."""

from __future__ import annotations

import resource
import shutil
import socket
import subprocess
import sys
import time

import gevent
import pytest
from gevent import socket as gevent_socket

from scoreboard.core import tcp
from scoreboard.core.concurrency import processes
from scoreboard.server import client as client_module
from scoreboard.server import memory
from scoreboard.server.client import Client
from scoreboard.server.connections import Connections
from scoreboard.server.pace import Pace
from tests.support import ROOT

MACOS_MOST = 24_576  # the limit that macOS accepts, although it calls its hard limit unlimited


def test_a_process_may_open_as_many_files_as_the_system_allows():
    code = (
        "import resource\nfrom scoreboard.core.concurrency.processes import *\n"
        "allow_many_files()\nprint(open_files_limit())"
    )
    command = f"ulimit -Sn 256 && ulimit -Hn 4096 && exec {sys.executable} -c '{code}'"

    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "4096\n"


def test_a_hard_limit_that_is_wrongly_called_unlimited_is_lowered(monkeypatch):
    limits = [256, resource.RLIM_INFINITY]

    def set_limit(_kind, wanted):
        if wanted[0] == resource.RLIM_INFINITY or wanted[0] > MACOS_MOST:
            raise ValueError("current limit exceeds maximum limit")
        limits[:] = wanted

    monkeypatch.setattr(processes.resource, "getrlimit", lambda _kind: tuple(limits))
    monkeypatch.setattr(processes.resource, "setrlimit", set_limit)

    processes.allow_many_files()

    assert processes.open_files_limit() == MACOS_MOST
    limits[0] = resource.RLIM_INFINITY
    assert processes.open_files_limit() > MACOS_MOST


def test_without_the_system_call_zero_bytes_are_unacknowledged(monkeypatch):
    near, far = socket.socketpair()
    with near, far:
        near.sendall(b"x" * 100)
        monkeypatch.setattr(tcp.termios, "TIOCOUTQ", 0)

        assert tcp.unacknowledged_bytes(near) == 0


def test_a_slow_reader_gets_time_even_if_the_system_does_not_tell_its_progress(monkeypatch):
    monkeypatch.setattr(client_module, "unacknowledged_bytes", lambda _connection: 0)
    near, far = gevent_socket.socketpair()
    client = Client(near, near.detach(), Connections())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    client.reading = Pace(0.3, 4096)
    data = b"x" * 400_000

    def read():
        got = 0
        while got < len(data):
            got += len(far.recv(20_000))
            gevent.sleep(0.05)

    reader, began = gevent.spawn(read), time.monotonic()
    client.sendall(data)

    reader.join(10)
    assert reader.successful()
    assert time.monotonic() - began > 0.6  # twice what a client may fall behind
    far.close()
    client.close()


def test_a_client_that_reads_nothing_is_closed_there_too(monkeypatch):
    monkeypatch.setattr(client_module, "unacknowledged_bytes", lambda _connection: 0)
    near, far = gevent_socket.socketpair()
    client = Client(near, near.detach(), Connections())
    client.reading = Pace(0.2, 4096)

    with pytest.raises(TimeoutError):
        client.sendall(b"x" * 4_000_000)
    far.close()
    client.close()


def test_linux_features_are_left_out_elsewhere(monkeypatch):
    monkeypatch.setattr(processes, "_libc", None)
    processes.end_with_parent()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _name: object())
    memory.give_back_memory()
    monkeypatch.setattr(tcp.sys, "platform", "darwin")
    tcp.hold_little(object())  # has no options, and needs none


SIMULATED = "import sys, runpy; sys.platform = 'win32'; runpy.run_module('scoreboard', run_name='__main__')"


@pytest.mark.parametrize(
    "words", [[sys.executable, "-c", SIMULATED], ["make", "OS=Windows_NT", "run"]], ids=["python", "make"]
)
def test_on_windows_the_error_says_what_to_do(words):
    if shutil.which(words[0]) is None:
        pytest.skip(f"there is no {words[0]} here")

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "Scoreboard runs on Linux and macOS. On Windows use WSL" in done.stderr
    assert done.stderr.count("\n") == 1
