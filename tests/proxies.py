"""The configurations of proxies in docs/deploy.md, run in real proxies."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs import pages
from tests.support import ROOT, free_port, wait_until

SPOOLS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # of nginx


class Kind(NamedTuple):
    """A proxy program, and functions that make its file and its command from a block."""

    name: str
    program: str
    language: str
    listens: str  # the line of the block with the address
    listens_on: Callable[[int], str]  # the same line for a port of the test
    wrap: Callable[[Path], str]  # the text around the block, which replaces %s
    command: Callable[[Path, Path, int], list[str]]


def _nginx(folder: Path) -> str:
    # A single process, since a worker of another user could not write into the test's folder.
    spools = [f"{name}_temp_path {folder}/{name};" for name in SPOOLS]
    start = ["daemon off;", "master_process off;", f"pid {folder}/pid;", "error_log stderr;", "events {}"]
    return "\n".join([*start, "http {", "access_log off;", *spools, "%s}", ""])


NGINX = Kind(
    name="nginx",
    program="nginx",
    language="nginx",
    listens="listen 80;",
    listens_on="listen 127.0.0.1:{};".format,
    wrap=_nginx,
    command=lambda file, folder, _: ["-p", str(folder), "-e", "stderr", "-c", str(file)],
)
CADDY = Kind(
    name="Caddy",
    program="caddy",
    language="caddyfile",
    listens="scores.example {",
    listens_on="http://:{} {{".format,
    wrap=lambda _: "{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n%s",
    command=lambda file, *_: ["run", "--adapter", "caddyfile", "--config", str(file)],
)
HAPROXY = Kind(
    name="HAProxy",
    program="haproxy",
    language="haproxy",
    listens="bind :80",
    listens_on="bind 127.0.0.1:{}".format,
    wrap=lambda _: "%s",
    command=lambda file, *_: ["-db", "-f", str(file)],
)
VARNISH = Kind(
    name="Varnish",
    program="varnishd",
    language="vcl",
    listens="",
    listens_on=lambda _: "",
    wrap=lambda _: "%s",
    command=lambda file, folder, port: [
        *("-F", "-j", "none", "-n", str(folder / "varnish"), "-s", "malloc,16m", "-T", "none"),
        *("-a", f"127.0.0.1:{port}", "-f", str(file)),
    ],
)
KINDS = (NGINX, CADDY, HAPROXY, VARNISH)


def block(heading: str, language: str) -> str:
    """The first block in this language below this heading of docs/deploy.md."""
    _, below = re.split(rf"^#+ {re.escape(heading)}$", pages.text("docs/deploy.md"), flags=re.MULTILINE)
    return next(text for _, text in pages.blocks(below, language))


@contextlib.contextmanager
def proxy(kind: Kind, folder: Path, server: int, heading: str = "") -> Iterator[int]:
    """Run a proxy in front of a server, with the block below a heading. Yields its port."""
    program = shutil.which(kind.program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        package = kind.program.removesuffix("d")
        pytest.skip(f"MISSING: {kind.name}, so it is not tested. On Debian: apt-get install {package}")
    port, file = free_port(), folder / f"{kind.program}.conf"
    text = block(heading or kind.name, kind.language)
    assert kind.listens in text
    assert re.search(r"\b8000\b", text)
    text = re.sub(r"\b8000\b", str(server), text.replace(kind.listens, kind.listens_on(port), 1))
    file.write_text(kind.wrap(folder).replace("%s", text))
    with (folder / f"{kind.program}.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *kind.command(file, folder, port)],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: _listens(port), seconds=20, why=(folder / f"{kind.program}.log").read_text)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
