"""Every sample of the guide works against the real product."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import playwright
import pytest

from tests.support import KEY, ROOT

FIGURE = re.compile(
    r'<figure data-language="(\w+)" data-step="(\w+)">.*?<code[^>]*>(.*?)</code>.*?</figure>', re.DOTALL
)
BLOCK = re.compile(r'<pre tabindex="0"><code translate="no">(.*?)</code></pre>', re.DOTALL)


@pytest.fixture(scope="module")
def page(stack):
    return stack.call("GET", "/docs", key=None).body.decode()


@pytest.fixture(scope="module")
def samples(page):
    return {(step, language): html.unescape(text) for language, step, text in FIGURE.findall(page)}


def node():
    bundled = Path(playwright.__file__).parent / "driver" / "node"
    return shutil.which("node") or str(bundled)


RUNNERS = {
    "sh": ["bash", "-c"],
    "py": [sys.executable, "-c"],
    "js": [node(), "--input-type=module", "-e"],
}


def run(language, text, *, patience=60):
    """The output of a sample. A stream never ends, so it is stopped after `patience` seconds."""
    environment = {**os.environ, "KEY": KEY, "PYTHONPATH": str(ROOT / "clients" / "python")}
    command = [*RUNNERS[language], text]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=patience
        )
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode()
    assert done.returncode == 0, done.stderr
    return done.stdout


def score(stack, player="ada"):
    entries = stack.call("GET", "/v1/boards/main/entries").json["data"]["entries"]
    return sum(entry["score"] for entry in entries if entry["player"]["id"] == player)


@pytest.mark.parametrize("language", RUNNERS)
def test_a_score_is_sent(stack, samples, language):
    before = score(stack)

    run(language, samples["score", language])

    assert score(stack) == before + 10


@pytest.mark.parametrize("language", RUNNERS)
def test_the_board_is_read(stack, samples, language):
    entries = [{"player": "ada", "displayName": "Ada", "score": 1}]
    stack.call("POST", "/v1/boards/main/scores", {"entries": entries})

    assert "Ada" in run(language, samples["read", language])


@pytest.mark.parametrize("language", ["sh", "py"])
def test_the_board_is_streamed(samples, language):
    output = run(language, samples["stream", language], patience=4)

    assert "hello" in output
    assert "snapshot" in output


@pytest.mark.parametrize("language", ["sh", "py"])
def test_an_action_is_played(stack, samples, language):
    output = run(language, samples["play", language])

    assert '"newScore":7' in output or output.startswith("7 ")


def test_the_guide_names_this_server_and_no_other(stack, page, samples):
    assert "127.0.0.1:8000" not in page
    assert all(stack.url in text for text in samples.values())


def test_a_refusal_looks_as_the_guide_shows_it(stack, page):
    (shown,) = (
        json.loads(text) for text in map(html.unescape, BLOCK.findall(page)) if text.startswith("{\n")
    )

    refusal = stack.call("GET", "/v1/boards/nope").json

    assert refusal | {"requestId": ""} == shown | {"requestId": ""}


def test_the_guides_command_creates_a_key_that_may_write(stack, page):
    commands = [html.unescape(text) for text in BLOCK.findall(page)]
    (command,) = (one for one in commands if "keys create" in one)

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo $KEY"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path, "DATA_DIR": str(stack.data_dir)},
    )
    entries = [{"player": "bob", "score": 1}]
    answer = stack.call("POST", "/v1/boards/main/scores", {"entries": entries}, key=done.stdout.strip())

    assert answer.status == 200, done.stderr
