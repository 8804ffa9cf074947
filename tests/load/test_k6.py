"""The k6 scenario in Node.js, against the real product, without k6.

Modules of `k6-in-node/` replace those of k6: its scheduling of users and its thresholds are not tested.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import Stack

HERE = Path(__file__).parent
PLAN = {"USERS": "50", "RAMP_SECONDS": "10", "STREAMS": "0.5", "PAUSE_SECONDS": "0", "ACTION": "k6"}


@pytest.fixture(scope="module")
def results(stack: Stack, node: str, tmp_path_factory: pytest.TempPathFactory):
    rules = {"boards": ["main"], "points": {"min": 3, "max": 9}, "minSeconds": 0.2, "difficulty": 9}
    assert stack.call("PUT", "/v1/admin/action-types/k6", rules).status == 201
    home = tmp_path_factory.mktemp("k6")
    shutil.copytree(HERE / "k6-in-node", home / "node_modules" / "k6")
    shutil.copy(HERE / "scenario.k6.js", home)
    shutil.copy(HERE / "k6-in-node" / "play.js", home)
    (home / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [node, "--experimental-websocket", "--no-warnings", "play.js"],
        cwd=home,
        env=os.environ | {"URL": stack.url} | PLAN,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_k6_user_wins_points_by_honest_work(results, stack):
    (won, _), *others = results["added"]["points"]
    rows = stack.call("GET", "/v1/boards/main/entries?limit=1000").json["data"]["entries"]

    assert not others
    assert 3 <= won <= 9
    assert won in [row["score"] for row in rows]


def test_a_k6_user_measures_answers_and_streams(results):
    added = results["added"]

    assert {tags["name"]: tags["api"] for _, tags in added["answered"]}.items() >= {
        "sign in": "no",
        "request action": "yes",
        "complete action": "yes",
    }.items()
    assert all(ms > 0 for ms, _ in added["answered"])
    assert len(added["stream_opened"]) == 1
    assert added["failures"] == []
    assert not any(told for told, _ in added["told_to_wait"])


def test_k6_has_the_same_ramp_and_thresholds(results):
    play, watch = results["options"]["scenarios"]["play"], results["options"]["scenarios"]["watch"]

    assert (play["startVUs"], [one["target"] for one in play["stages"]]) == (5, [50, 50, 0])
    assert [one["duration"] for one in play["stages"]] == ["10s", "60s", "30s"]
    assert (watch["startVUs"], watch["stages"][0]["target"]) == (2, 25)
    assert results["options"]["thresholds"]["answered{api:yes}"] == ["p(95)<200"]
    assert results["options"]["thresholds"]["stream_opened"] == ["p(95)<500"]


def test_zero_bits_are_counted_as_the_server_does(results):
    assert results["bits"] == [0, 1, 3, 4, 7, 8, 16]
