"""Clients that other vendors' generators make from /openapi.json: they type-check, and play a round."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.thirdparty.node import tool

HERE = Path(__file__).parent
BOARD = ACTION = "generated"
PLAYED = {"score": 7, "entries": [7], "code": "board_not_found"}

pytestmark = pytest.mark.timeout(300)  # compilers, on a machine that may have other work


@pytest.fixture(scope="module")
def server(stack):
    """The URL of a server on which a round can be played."""
    assert stack.call("PUT", f"/v1/admin/boards/{BOARD}", {}).status == 201
    rules = {"boards": [BOARD], "points": {"min": 1, "max": 10}, "difficulty": 4}
    assert stack.call("PUT", f"/v1/admin/action-types/{ACTION}", rules).status == 201
    return stack.url


def run(*command, cwd, **environment):
    done = subprocess.run(
        list(map(str, command)),
        check=False,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done


def test_openapi_python_client_makes_a_client_that_plays(server, tmp_path):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it calls ruff
    made = run(
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--url", f"{server}/openapi.json", "--output-path", "made"),
        cwd=tmp_path,
        PATH=path,
    )
    output = made.stdout + made.stderr
    assert output.count("Unsupported content_type image/svg+xml") == 4, output
    assert output.count("Unsupported content_type image/png") == 2, output
    assert output.count("Unsupported content_type image/vnd.microsoft.icon") == 1, output
    assert output.count("Unsupported content_type application/jsonl") == 1, output
    assert output.count("WARNING") == 8, output
    shutil.copy(HERE / "play_generated.py", tmp_path / "made" / "play.py")

    run(
        *(sys.executable, "-m", "mypy", "--strict", "--cache-dir", "cache", "--config-file", os.devnull),
        *("scoreboard_client", "play.py"),
        cwd=tmp_path / "made",
    )
    played = run(sys.executable, "play.py", server, BOARD, ACTION, cwd=tmp_path / "made", PYTHONPATH=".")

    assert json.loads(played.stdout) == PLAYED


def test_generators_of_typescript_make_clients_that_play(server, tmp_path, node):
    for name in ("tsconfig.json", "work.ts", "play-openapi-fetch.ts", "play-hey-api.ts"):
        shutil.copy(tool.HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(tool.modules())
    run(node, tool.program("openapi-typescript"), f"{server}/openapi.json", "-o", "schema.d.ts", cwd=tmp_path)
    run(node, tool.program("openapi-ts"), "-i", f"{server}/openapi.json", "-o", "hey", cwd=tmp_path)

    run(node, tool.program("tsc"), "-p", ".", cwd=tmp_path)
    fetch = run(node, "out/play-openapi-fetch.js", server, BOARD, ACTION, cwd=tmp_path)
    hey = run(node, "out/play-hey-api.js", server, BOARD, ACTION, cwd=tmp_path)

    assert json.loads(fetch.stdout) == PLAYED
    assert json.loads(hey.stdout) == PLAYED | {"frames": ["hello", "snapshot"]}
