"""serve: run the whole product on this machine: the processes of the Procfile, and a private Redis."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
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

from config.settings import Settings
from scoreboard.chaos.permission import permitted_plan
from scoreboard.commands.greeting import greeting, local_url
from scoreboard.commands.processes import SERVER_KEY_FILE, environment
from scoreboard.commands.redis_server import URL_FILE, PrivateRedis
from scoreboard.core import private
from scoreboard.core.concurrency.processes import SERVE_LOCK
from scoreboard.core.listening import THIS_MACHINE
from scoreboard.core.network import lan_address
from scoreboard.core.root import ROOT
from scoreboard.core.storage.db import Database, execute
from scoreboard.core.storedsecrets import KEY_FILE

FILES = (SERVE_LOCK, URL_FILE, KEY_FILE, SERVER_KEY_FILE, "server.url")  # beside databases and Redis's folder
READY_SECONDS = 60.0
MISSING = "`serve` needs the package honcho: install requirements/local.txt. Platforms do without `serve`."


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("serve", help="run everything on this machine: Redis, web, worker")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C. Raises OSError with the reason, and an instruction, if it can't start."""
    try:
        from honcho.environ import parse_procfile
        from honcho.manager import Manager
        from honcho.printer import Printer
    except ImportError:
        raise OSError(MISSING) from None

    class Quiet(Printer):
        """Prints as long as the output is open: a closed pipe must not prevent the shutdown."""

        def write(self, message: Any) -> None:
            """Print one line."""
            with contextlib.suppress(OSError, ValueError):
                super().write(message)

    # On other addresses keys would cross the network as clear text, without TLS in front.
    settings = replace(settings, host=settings.host or THIS_MACHINE)
    private.restrict()
    _check_folder(settings.data_dir)
    lock = _lock_folder(settings.data_dir)
    permitted_plan(settings)
    _check_port(settings.host, settings.port)
    env = os.environ | environment(settings)
    redis = None
    if not os.environ.get("REDIS_URL"):
        redis = PrivateRedis(settings.data_dir)
        redis.start()
        env["REDIS_URL"] = redis.url
    try:
        processes = parse_procfile((ROOT / "Procfile").read_text()).processes
        subprocess.run(processes.pop("release"), shell=True, check=True, cwd=ROOT, env=env)
        manager = Manager(Quiet(sys.stdout))
        for name, command in processes.items():
            manager.add_process(name, f"exec {command}", cwd=str(ROOT), env=env)
        threading.Thread(target=_greet, args=(settings,), daemon=True).start()
        signal.signal(signal.SIGHUP, lambda signum, frame: manager.terminate())
        manager.loop()
    except subprocess.CalledProcessError as error:
        raise OSError("the database could not be prepared; the reason is in the lines above") from error
    finally:
        if redis is not None:
            redis.stop()
        _checkpoint(settings)
        lock.close()
    return 0 if manager.returncode in (0, 130, 143) else 1


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


def _lock_folder(folder: Path) -> IO[str]:
    """Lock the folder, so that no other server runs on it. The lock lasts as long as the file is open."""
    for name in FILES:
        private.close(folder / name)
    lock = (folder / SERVE_LOCK).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OSError(f"Another server is running on {folder}: set DATA_DIR to another folder.") from None
    return lock


def _checkpoint(settings: Settings) -> None:
    """Move SQLite's write-ahead log into the database file, so that the file alone is a complete copy."""
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
        return f"HOST={host} can't be used without IPv6: set HOST={THIS_MACHINE} or HOST=0.0.0.0."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} can't be used, it is not an address of this machine: set HOST={THIS_MACHINE}."
    return f"Port {port} on {host} can't be used ({error.strerror}): set PORT to another one."


def _greet(settings: Settings) -> None:
    """Print the address of the product, once it answers."""
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
        print(f"\n  Scoreboard does not answer at {url} yet; the reason is in the lines above.\n", flush=True)
        return
    (settings.data_dir / "server.url").write_text(url)
    print(greeting(settings, lan_address(settings.host)), flush=True)
