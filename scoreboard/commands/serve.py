"""serve: run the whole product on this machine, by the Procfile, with a Redis of its own."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from config.settings import LOOPBACK, Settings, permitted_chaos
from scoreboard.commands.greeting import greeting, local_url
from scoreboard.commands.redis_server import KEY_FILE, URL_FILE, PrivateRedis
from scoreboard.core import private, textfiles
from scoreboard.core.concurrency.processes import SERVE_LOCK
from scoreboard.core.storage.db import Database, execute

ROOT = Path(__file__).parent.parent.parent
FILES = (SERVE_LOCK, URL_FILE, KEY_FILE, "server.key", "server.url")  # beside databases and Redis's folder
READY_SECONDS = 60.0
HONCHO = "`serve` needs the packages of requirements-local.txt; on a platform, the Procfile is enough."


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("serve", help="run everything here: Redis, web, worker")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C. Raises OSError with one sentence where it can't."""
    try:
        from honcho.environ import parse_procfile
        from honcho.manager import Manager
        from honcho.printer import Printer
    except ImportError:
        raise OSError(HONCHO) from None

    class Quiet(Printer):
        """Prints while anybody reads: a closed pipe must not keep us from stopping."""

        def write(self, message: Any) -> None:
            """Print one line."""
            with contextlib.suppress(OSError, ValueError):
                super().write(message)

    # Without TLS in front, keys would cross the network as clear text.
    settings = replace(settings, host=settings.host or LOOPBACK)
    private.restrict()
    _check_folder(settings.data_dir)
    lock = _alone(settings.data_dir)
    permitted_chaos(settings)
    _check_port(settings.host, settings.port)
    environment = os.environ | _environment(settings)
    redis = None
    if not os.environ.get("REDIS_URL"):
        redis = PrivateRedis(settings.data_dir)
        redis.start()
        environment["REDIS_URL"] = redis.url
    try:
        processes = parse_procfile((ROOT / "Procfile").read_text()).processes
        subprocess.run(processes.pop("release"), shell=True, check=True, cwd=ROOT, env=environment)
        manager = Manager(Quiet(sys.stdout))
        for name, command in processes.items():
            manager.add_process(name, f"exec {command}", cwd=str(ROOT), env=environment)
        threading.Thread(target=_greet, args=(settings,), daemon=True).start()
        signal.signal(signal.SIGHUP, lambda signum, frame: manager.terminate())
        manager.loop()
    except subprocess.CalledProcessError as error:
        raise OSError("the database could not be prepared, see above") from error
    finally:
        if redis is not None:
            redis.stop()
        _settle(settings)
        lock.close()
    return 0 if manager.returncode in (0, 130, 143) else 1


def _environment(settings: Settings) -> dict[str, str]:
    """What the processes need and the environment lacks. Secrets are made once, and kept."""
    found = {
        "HOST": settings.host,
        "DATA_DIR": str(settings.data_dir.resolve()),
        "PYTHONUNBUFFERED": "1",
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # or macOS ends forked processes
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    found["SECRET_KEY"] = settings.secret_key or _kept(settings.data_dir / KEY_FILE)
    if not settings.bootstrap_key:
        found["SCOREBOARD_BOOTSTRAP_KEY"] = _kept(settings.data_dir / "server.key")
    return found


def _kept(path: Path) -> str:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    return textfiles.read(path).strip()


def _check_folder(folder: Path) -> None:
    try:
        private.folder(folder)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OSError(
            f"The data folder {folder} can't be written ({error.strerror}): set DATA_DIR."
        ) from None


def _alone(folder: Path) -> IO[str]:
    """Make sure that no other server runs on this folder. The lock lasts as long as the file is open."""
    for name in FILES:
        private.close(folder / name)
    lock = (folder / SERVE_LOCK).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OSError(f"A server runs on {folder} already: set DATA_DIR to another folder.") from None
    return lock


def _settle(settings: Settings) -> None:
    """Bring what SQLite keeps beside its file into it, so that the file alone is a whole copy."""
    for url in (settings.database, settings.audit_database):
        if url.startswith("sqlite:"):
            database = Database(url, readers=1)
            database.run(lambda db: execute(db, "PRAGMA wal_checkpoint(TRUNCATE)"))
            database.close()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise OSError(_port_complaint(error, host, port)) from None


def _port_complaint(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EAFNOSUPPORT:
        return f"HOST={host} can't be used, this machine has no IPv6: set HOST={LOOPBACK} or HOST=0.0.0.0."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} can't be used, it is no address of this machine: set HOST={LOOPBACK}."
    return f"Port {port} on {host} can't be used ({error.strerror}): set PORT to another one."


def _greet(settings: Settings) -> None:
    """Say where the product is, once it answers."""
    url = local_url(settings)
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    break
        except OSError:
            time.sleep(0.1)
    else:
        print(f"\n  Scoreboard does not answer at {url} yet; the lines above say why.\n", flush=True)
        return
    (settings.data_dir / "server.url").write_text(url)
    print(greeting(settings), flush=True)
