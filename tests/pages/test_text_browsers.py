"""Boards in browsers that show text only, and whatever is hidden."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.boards.calls import score

pytestmark = pytest.mark.one_database

BROWSERS = {
    "lynx": ["lynx", "-dump", "-force_html", "-stdin"],
    "w3m": ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"],
}
EMPTY = "Nobody has scored yet"


@pytest.fixture(params=BROWSERS)
def seen(request, client):
    """What such a browser shows of a page."""
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")

    def seen(path):
        page = client.get(path).data
        return subprocess.run(
            BROWSERS[request.param], input=page, capture_output=True, check=True
        ).stdout.decode()

    return seen


@pytest.mark.parametrize("path", ["/", "/b/main", "/embed/main", "/b/main/tv"])
def test_a_board_with_rows_does_not_say_that_it_has_none(client, seen, path):
    assert EMPTY in seen(path)

    score(client, "main", ada=7)

    text = seen(path)
    assert "ada" in text
    assert EMPTY not in text
