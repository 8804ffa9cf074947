"""What runs the browser's modules without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import playwright
import pytest


@pytest.fixture(scope="session")
def node():
    """A Node: the machine's own, or the one that Playwright brings."""
    bundled = Path(playwright.__file__).parent / "driver" / "node"
    found = shutil.which("node") or (str(bundled) if bundled.exists() else None)
    if found is None:
        pytest.skip("there is no Node here, neither on the path nor in Playwright")
    return found
