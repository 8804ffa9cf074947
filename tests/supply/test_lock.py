"""The lock files: layers that belong together, and to pyproject.toml."""

from __future__ import annotations

import re

import pytest

from supply.lock import FILES, SERVE_ONLY, layers, read
from tests.support import ROOT

NAME = re.compile(r"[A-Za-z0-9._-]+")


def names(lines: list[str]) -> set[str]:
    return {re.sub(r"[._-]+", "-", NAME.match(line)[0]).lower() for line in lines}


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_is_pinned_with_hashes(name):
    order = list(FILES)
    pinned = [block for file in order[: order.index(name) + 1] for block in read(file)]

    assert names(layers()[name]) <= names(pinned)
    assert all("--hash=sha256:" in block for block in pinned)


def test_the_main_file_lacks_the_packages_of_serve():
    assert not names(read("main")) & SERVE_ONLY
    assert names(read("local")) >= SERVE_ONLY
    assert (ROOT / "requirements.txt").read_text().endswith("\n-r requirements/main.txt\n")


def test_no_file_repeats_another_one():
    blocks = [block for name in FILES for block in read(name)]

    assert len(blocks) == len(set(blocks))
