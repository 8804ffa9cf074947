"""python -m scoreboard keyring."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress

import pytest

from config.settings import Settings
from scoreboard.commands import processes
from tests.support import KEY, ROOT, free_port, wait_until

LINE = re.compile(r"^([0-9a-f]{12}) +(\w+) +made \S+  (.*)$", re.MULTILINE)


@pytest.fixture
def list_keys(run):
    """List the keys: the state and further words of each, by kid."""
    run("migrate")

    def lines():
        return {kid: (state, rest) for kid, state, rest in LINE.findall(run("keyring", "list")[1])}

    return lines


def test_migrating_makes_the_first_key_and_the_list_has_no_secret(run, list_keys):
    ((state, rest),) = list_keys().values()

    assert state == "signs"
    assert re.fullmatch(r"signs from \S+ until the next key signs  opens until the next key signs", rest)
    assert not re.search("[0-9a-f]{32}", run("keyring", "list")[1])


def test_a_key_is_made_published_and_revoked(run, list_keys):
    (first,) = list_keys()

    status, out, _ = run("keyring", "rotate")
    kid = out.split()[0]
    keys = list_keys()
    revocation = run("keyring", "revoke", kid)
    second_revocation = run("keyring", "revoke", kid)

    assert status == 0
    assert re.fullmatch(r"[0-9a-f]{12} signs from \S+\n", out)
    assert (keys[first][0], keys[kid][0]) == ("signs", "published")
    assert revocation[:2] == (0, f"{kid} is revoked\n")
    assert second_revocation[0] == 1
    assert second_revocation[2] == f"scoreboard keyring: The ring has no key '{kid}' that could be revoked.\n"
    assert (list_keys()[first][0], list_keys()[kid][0]) == ("signs", "revoked")


def test_revoking_all_keys_makes_one_that_signs(run, list_keys):
    run("keyring", "rotate")
    keys_before = list_keys()

    status, out, _ = run("keyring", "revoke", "--all")

    assert status == 0
    assert out == "".join(f"{kid} is revoked\n" for kid in keys_before)
    states = {kid: state for kid, (state, _) in list_keys().items()}
    assert [states.pop(kid) for kid in keys_before] == ["revoked", "revoked"]
    assert list(states.values()) == ["signs"]


@pytest.mark.parametrize("arguments", [("rotate",), ("revoke", "--all"), ("revoke", "x")])
def test_changing_the_ring_needs_the_secret_key(run, list_keys, monkeypatch, arguments):
    monkeypatch.delenv("SECRET_KEY")

    status, _, err = run("keyring", *arguments)

    assert status == 1
    assert (
        err
        == "scoreboard keyring: SECRET_KEY is not set: run this command with the environment of the server\n"
    )


def test_the_list_shows_keys_of_another_secret_key(list_keys, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "y" * 32)

    assert list(list_keys().values())[0] == ("unreadable", "sealed with another SECRET_KEY")  # noqa: RUF015


def test_the_secret_that_make_run_made_is_found(run, list_keys, monkeypatch, tmp_path):
    (tmp_path / "secret.key").write_text(os.environ["SECRET_KEY"])
    monkeypatch.delenv("SECRET_KEY")

    assert run("keyring", "rotate")[0] == 0
    assert [state for state, _ in list_keys().values()] == ["signs", "published"]


@pytest.mark.parametrize("arguments", [("revoke",), ("revoke", "x", "--all"), ()])
def test_ambiguous_arguments_are_refused(run, arguments):
    with pytest.raises(SystemExit):
        run("keyring", *arguments)


def test_serve_uses_the_configured_secret_or_makes_one_once(tmp_path):
    configured = processes.environment(Settings(data_dir=tmp_path, secret_key="s" * 32))
    first, second = (processes.environment(Settings(data_dir=tmp_path)) for _ in range(2))

    assert configured["SECRET_KEY"] == "s" * 32
    assert first["SECRET_KEY"] == second["SECRET_KEY"] == (tmp_path / "secret.key").read_text()
    assert len(first["SECRET_KEY"]) >= 32


def gunicorn(**environment):
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "config/gunicorn.py",
        "--check-config",
        "wsgi:app",
    ]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_several_web_processes_do_not_start_without_a_secret_key(environment, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")

    start = gunicorn(WEB_CONCURRENCY="2")

    assert start.returncode != 0
    assert "SECRET_KEY must be set if WEB_CONCURRENCY is 2" in start.stderr
    assert gunicorn(WEB_CONCURRENCY="1").returncode == 0
    assert gunicorn(WEB_CONCURRENCY="2", SECRET_KEY=KEY * 2).returncode == 0


def test_a_web_process_without_a_secret_key_keeps_the_one_that_it_made(
    environment, monkeypatch, tmp_path, run
):
    run("migrate")
    monkeypatch.delenv("SECRET_KEY")

    with web() as first:
        token = first("POST", "/v1/auth/guest")["data"]["refreshToken"]
    with web() as second:
        answer = second("POST", "/v1/auth/refresh", {"refreshToken": token})

    assert answer["data"]["refreshToken"] != token
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@contextmanager
def web():
    """A web process as a platform runs it, for calls over HTTP."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "wsgi:app"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"})
    url = f"http://127.0.0.1:{port}"

    def call(method, path, body=None):
        request = urllib.request.Request(
            url + path,
            method=method,
            data=json.dumps(body or {}).encode() if method == "POST" else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def is_ready():
        with suppress(OSError):
            return "status" in call("GET", "/healthz")
        return False

    try:
        wait_until(is_ready, seconds=30)
        yield call
    finally:
        process.terminate()
        process.wait(30)
