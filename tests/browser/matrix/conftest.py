"""Fixtures of the matrix: a product of its own, since /boards lists all boards of a product."""

from __future__ import annotations

import pytest

from tests.browser.matrix.data import fill
from tests.browser.matrix.screen import Screen, launched
from tests.support import running


@pytest.fixture(scope="session")
def screen(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("matrix")
    with running(folder / "data") as stack, launched(browser, folder) as other:
        fill(stack)
        screen = Screen(other, stack)
        yield screen
        screen.close()
