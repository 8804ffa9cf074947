"""`make smoke PY=python3.13`: checks the product on another Python. Needs only that Python.

It sets up an environment of its own, starts the product as `make run` does, takes a first score, sees it in a
stream, stops, and runs the fast tests. The exit status is 0 if all of that worked.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "tests" / "output" / "smoke" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = HOME / "bin" / "python"
OLDEST = (3, 11)
FAST = ("core", "journal", "boards", "keyring", "actions", "scores", "stream", "commands", "ops", "worker")
READY_SECONDS, STREAM_SECONDS = 60, 20


def main() -> int:
    """Run all steps. Returns the exit status."""
    if tuple(sys.version_info) < OLDEST:
        return fail(f"Scoreboard needs Python 3.11 or newer; this is {platform.python_version()}.")
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}", flush=True)
    venv.create(HOME, with_pip=True)
    if not install("requirements/local.txt"):
        return fail("The packages of the product can't be installed on this Python.")
    with tempfile.TemporaryDirectory() as folder:
        problem = play(Path(folder))
    if problem:
        return fail(problem)
    print("started, took a first score, streamed it and stopped", flush=True)
    if not install("requirements/dev.txt"):
        return fail("The packages of the tests can't be installed on this Python: they were not run.")
    tests = os.environ.get("T", "").split() or [f"tests/{name}" for name in FAST]
    words = ["-m", "pytest", "-q", "-n", "2", "-m", "not alone", "-p", "no:cacheprovider", *tests]
    return subprocess.run([PYTHON, *words], cwd=ROOT, check=False).returncode


def fail(problem: str) -> int:
    """Print the problem. Returns the exit status."""
    print(problem, file=sys.stderr)
    return 1


def install(lock: str) -> bool:
    """Install the packages of a lock file. Returns True if that worked."""
    words = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock]
    return subprocess.run([PYTHON, *words], cwd=ROOT, check=False).returncode == 0


def play(folder: Path) -> str:
    """Start the product, play, and stop it. Returns the problem, or ""."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    unset = ("HOST", "REDIS_URL", "DATABASE_URL", "SCOREBOARD_BOOTSTRAP_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PORT": str(port), "DATA_DIR": str(folder)}
    words = [PYTHON, "-m", "scoreboard", "serve"]
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        first_score(f"http://127.0.0.1:{port}", folder, server)
    except (OSError, ValueError) as error:
        return f"{error}\n{(folder / 'serve.log').read_text()[-4000:]}"
    finally:
        server.send_signal(signal.SIGINT)
        status = server.wait(30)
    return f"it ended with status {status}" if status else ""


def first_score(url: str, folder: Path, server: subprocess.Popen[bytes] | None = None) -> None:
    """Report a score, and see it come in a stream. Raises OSError or ValueError."""
    wait_for(f"{url}/readyz", server)
    key = (folder / "server.key").read_text().strip()
    with urllib.request.urlopen(f"{url}/v1/stream?boards=main", timeout=STREAM_SECONDS) as stream:
        until(stream, "snapshot")
        body = {"entries": [{"player": "ada", "score": 7}]}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{url}/v1/boards/main/scores", json.dumps(body).encode(), headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            rejected = json.load(answer)["data"]["rejected"]
        frame = until(stream, "delta")
    if rejected or [row["s"] for _, row in frame["up"]] != [7]:
        raise ValueError(f"a first score was not counted: {rejected} {frame}")


def wait_for(url: str, server: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a URL answers 200. Raises OSError if it does not, or if `server` ends before."""
    for _ in range(READY_SECONDS * 5):
        if server is not None and server.poll() is not None:
            raise OSError(f"the server ended before {url} answered")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise OSError(f"{url} does not answer")


def until(stream: Any, kind: str) -> Any:
    """The next frame of a kind. Raises ValueError if the stream ends before."""
    for line in stream:
        if line.startswith(b"data: "):
            frame = json.loads(line[6:])
            if frame["t"] == kind:
                return frame
    raise ValueError(f"the stream ended before a {kind} came")


if __name__ == "__main__":
    sys.exit(main())
