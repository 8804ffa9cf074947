"""The JavaScript client in Node.js, against the real product."""

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
def output(stack: Stack, node: str):
    """The output of a program that watches and plays."""
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


def test_a_program_watches_reads_and_plays(output, stack):
    player = output["player"]

    assert output["receipt"]["newScore"] == 7
    assert output["queue"] == ["confirmed"]
    assert [(one["rank"], one["id"], one["score"]) for one in output["live"]["entries"]] == [
        (1, "ada", 9),
        (2, player, 7),
    ]
    assert output["live"]["carrier"] in ("ws", "long-poll"), "Node has no EventSource"
    assert (output["stands"]["me"]["rank"], output["stands"]["shown"]) == (2, 7)
    assert [one["player"]["id"] for one in output["read"]["entries"]] == ["ada"]
    assert [one["player"]["id"] for one in output["around"]["entries"]] == [player]
    assert output["profile"]["player"] == {"id": "ada", "displayName": "ada"}
    (board,) = (one for one in output["profile"]["boards"] if one["board"] == "node")
    assert [(one["rank"], one["score"]) for one in board["current"]] == [(1, 9)]
    assert output["unlisted"] == [404, "player_not_listed"]
    assert [json.loads(line)["score"] for line in output["exported"].splitlines()] == [9, 7]
    assert output["unexported"] == [404, "board_not_found"]
    assert output["refused"] == "unknown_action_type"
    assert output["gone"] == [404, "board_not_found"]


def test_a_tab_continues_when_its_guest_gets_a_password_in_another_one(stack, node):
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

    output = json.loads(done.stdout)
    assert output["upgraded"]["username"] == "tabby"
    assert output["guest"] == output["upgraded"]["id"] == output["playerId"]
    assert (output["score"], output["seen"]) == (7, 7)
    assert output["renamed"] == "forbidden", "the player is no moderator"
    assert sorted(output["listed"]) == [False, True]
    assert (output["left"], output["thrown"]) == (1, 401)


def test_the_package_has_every_module_and_exports_existing_files():
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    modules = {path.relative_to(CLIENT) for path in CLIENT.rglob("*.js")}

    shipped = {module for module in modules if any(module.match(one) for one in package["files"])}
    assert shipped | {module for module in modules if module.parts[0] in package["files"]} == modules
    assert package.get("dependencies", {}) == {}
    for target in package["exports"].values():
        assert "*" in target or (CLIENT / target).is_file(), target


def test_every_import_names_an_existing_module():
    for path in CLIENT.rglob("*.js"):
        for name in re.findall(r"""(?:from|import\(|new URL\()\s*"(\.[^"]+)\"""", path.read_text("utf-8")):
            if name.endswith(".js"):
                assert (path.parent / name).resolve().is_file(), f"{path}: {name}"
