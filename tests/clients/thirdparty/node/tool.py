"""Where the packages of npm are that the tests use."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def modules() -> Path:
    """The installed packages; skips the test where there are none."""
    if not (MODULES / ".installed").is_file():
        pytest.skip("MISSING: the npm packages of tests/clients/thirdparty/node, which `make test` installs")
    return MODULES


def program(name: str) -> Path:
    """A program of theirs."""
    return (modules() / ".bin" / name).resolve()
