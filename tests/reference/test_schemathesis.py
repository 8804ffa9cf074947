"""The running server answers all calls of schemathesis as its description says, through both entry points."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import KEY, ROOT, Stack

CUP = {"period": "weekly", "windows": ["daily"], "regions": ["eu", "us"], "columns": [{"name": "lives"}]}
SECONDS = int(float(os.environ.get("FUZZ_SECONDS") or 0))
SHORT = ("--max-examples", "10")
LONG = ("--max-time", str(SECONDS), "--seed", str(random.randrange(10**9)))
ENTRIES = {
    "main": [{"player": "ada", "score": 10}, {"player": "bob", "score": 12}],
    "cup": [{"player": "ada", "score": 3, "columns": {"lives": 2}, "region": "eu"}],
}


@pytest.fixture(params=["on", "off"])
def stack(request, tmp_path):
    """A server that answers plain requests without Flask, or one that answers all of them by Flask."""
    # Calls that end a session get a guest each: in minutes of fuzzing more than an address may have.
    limits = {"LIMIT_GUEST": "", "LIMIT_WRITE": "", "LIMIT_EXPORT": ""}
    stack = Stack(tmp_path, {"FAST_PATH": request.param, **limits})
    stack.start()
    assert stack.call("PUT", "/v1/admin/boards/cup", CUP).status == 201
    for board, entries in ENTRIES.items():
        answer = stack.call("POST", f"/v1/boards/{board}/scores", {"entries": entries})
        assert answer.json["data"]["rejected"] == []
    yield stack
    stack.end()


@pytest.mark.timeout(max(300, 3 * SECONDS))
def test_schemathesis_finds_nothing(stack):
    session = stack.call("POST", "/v1/auth/guest", key=None).json["data"]
    process = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", Path(__file__).parent / "schemathesis.toml"),
            *("run", f"{stack.url}/openapi.json", "--no-color"),
            *(LONG if SECONDS else SHORT),
        ],
        check=False,
        cwd=ROOT,
        env=os.environ
        | {"SCOREBOARD_BOOTSTRAP_KEY": KEY, "PLAYER_TOKEN": session["accessToken"], "COLUMNS": "110"},
        capture_output=True,
        text=True,
        timeout=max(280, 3 * SECONDS),
    )

    assert process.returncode == 0, process.stdout[-20_000:] + process.stderr[-2000:]
    assert "Stateful" in process.stdout
    assert 200 in completion_statuses(stack), "no requested action was completed"


def completion_statuses(stack):
    """The statuses of completions that followed the link from the answer with the token."""
    lines = (stack.data_dir / "serve.log").read_text().splitlines()
    calls = [json.loads(line[line.index("{") :]) for line in lines if '"request":"by-a-link"' in line]
    return [call["status"] for call in calls if call["path"] == "/v1/actions/complete"]
