"""A Firefox before the real product."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.firefox.bidi import Firefox, Tab
from tests.support import Stack, wait_until


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A Firefox, shared by all tests."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        reason = "no browser: install Firefox"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip(reason)
    folder: Path = tmp_path_factory.mktemp("firefox")
    firefox = Firefox(program, folder)
    yield firefox
    firefox.stop()


@pytest.fixture
def open_page(firefox: Firefox) -> Iterator[Callable[[str], Tab]]:
    """Opens pages, and closes them after the test."""
    tabs = []

    def open_page(url: str) -> Tab:
        tabs.append(firefox.open(url))
        return tabs[-1]

    yield open_page
    for tab in tabs:
        tab.close()


@pytest.fixture
def becomes(stack: Stack) -> Callable[[Tab, str, Any], None]:
    """Waits until a JavaScript expression has a value in a tab."""

    def becomes(tab: Tab, expression: str, value: Any) -> None:
        seen: list[Any] = []

        def true() -> bool:
            seen[:] = [tab.script(expression)]
            return bool(seen[0] == value)

        wait_until(true, seconds=20, why=lambda: f"{expression} is {seen}, not {value}\n{stack.log()}")

    return becomes
