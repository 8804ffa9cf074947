"""The npm packages of these tests, and their programs."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def modules() -> Path:
    """The installed packages; skips the test if there are none."""
    if not (MODULES / ".installed").is_file():
        pytest.skip("MISSING: the npm packages of tests/clients/thirdparty/node, which `make test` installs")
    return MODULES


def program(name: str) -> Path:
    """The path of a program that a package brings."""
    return (modules() / ".bin" / name).resolve()
