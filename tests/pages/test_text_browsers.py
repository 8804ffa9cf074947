"""Boards in browsers that show text only, also text that CSS hides."""

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
def render(request, client):
    """Renders a page as text, as such a browser shows it."""
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")

    def render(path):
        page = client.get(path).data
        return subprocess.run(
            BROWSERS[request.param], input=page, capture_output=True, check=True
        ).stdout.decode()

    return render


@pytest.mark.parametrize("path", ["/", "/b/main", "/embed/main", "/b/main/tv"])
def test_a_board_with_rows_does_not_say_that_it_has_none(client, render, path):
    assert EMPTY in render(path)

    score(client, "main", ada=7)

    text = render(path)
    assert "ada" in text
    assert EMPTY not in text
