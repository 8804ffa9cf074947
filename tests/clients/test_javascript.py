"""The JavaScript client in Node.js, before the real product."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT, Stack

HERE = Path(__file__).parent
CLIENT = ROOT / "clients" / "javascript"


@pytest.fixture
def played(stack: Stack, node: str):
    """What a program saw that watched and played."""
    assert stack.call("PUT", "/v1/admin/boards/node", {}).status == 201
    type = {"boards": ["node"], "points": {"min": 1, "max": 10}}
    assert stack.call("PUT", "/v1/admin/action-types/node", type).status == 201
    stack.call("POST", "/v1/boards/node/scores", {"entries": [{"player": "ada", "score": 9}]})
    done = subprocess.run(
        [node, HERE / "watch-and-play.js", stack.url, "node", "node"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_program_watches_reads_and_plays(played, stack):
    player = played["player"]

    assert played["receipt"]["newScore"] == 7
    assert played["queue"] == ["confirmed"]
    assert [(one["rank"], one["id"], one["score"]) for one in played["live"]["entries"]] == [
        (1, "ada", 9),
        (2, player, 7),
    ]
    assert played["live"]["carrier"] in ("ws", "long-poll"), "Node has no EventSource"
    assert (played["stands"]["me"]["rank"], played["stands"]["shown"]) == (2, 7)
    assert [one["player"]["id"] for one in played["read"]["entries"]] == ["ada"]
    assert [one["player"]["id"] for one in played["around"]["entries"]] == [player]
    assert [json.loads(line)["score"] for line in played["exported"].splitlines()] == [9, 7]
    assert played["unexported"] == [404, "board_not_found"]
    assert played["refused"] == "unknown_action_type"
    assert played["gone"] == [404, "board_not_found"]


def test_a_tab_goes_on_when_its_guest_gets_a_password_in_another_one(stack, node):
    assert stack.call("PUT", "/v1/admin/boards/tabs", {}).status == 201
    type = {"boards": ["tabs"], "points": {"min": 1, "max": 10}}
    assert stack.call("PUT", "/v1/admin/action-types/tabs", type).status == 201
    done = subprocess.run(
        [node, HERE / "two-tabs.js", stack.url, "tabs", "tabs", "tabby", "correct horse battery"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr

    seen = json.loads(done.stdout)
    assert seen["upgraded"]["username"] == "tabby"
    assert seen["guest"] == seen["upgraded"]["id"] == seen["playerId"]
    assert (seen["score"], seen["seen"]) == (7, 7)
    assert seen["renamed"] == "forbidden", "the player is no moderator"
    assert sorted(seen["listed"]) == [False, True]
    assert (seen["left"], seen["thrown"]) == (1, 401)


def test_the_package_holds_every_module_and_exports_what_is_there():
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    modules = {path.relative_to(CLIENT) for path in CLIENT.rglob("*.js")}

    shipped = {module for module in modules if any(module.match(one) for one in package["files"])}
    assert shipped | {module for module in modules if module.parts[0] in package["files"]} == modules
    assert package.get("dependencies", {}) == {}
    for target in package["exports"].values():
        assert "*" in target or (CLIENT / target).is_file(), target


def test_every_import_leads_to_a_module_that_is_there():
    for path in CLIENT.rglob("*.js"):
        for name in re.findall(r"""(?:from|import\(|new URL\()\s*"(\.[^"]+)\"""", path.read_text("utf-8")):
            if name.endswith(".js"):
                assert (path.parent / name).resolve().is_file(), f"{path}: {name}"
