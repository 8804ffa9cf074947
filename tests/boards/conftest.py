"""Fixtures that tests of boards share."""

from __future__ import annotations

import pytest

from tests.boards.calls import add_twelve_players


@pytest.fixture
def cup(client, parts):
    """A dense board, which Redis shows."""
    add_twelve_players(client)
    return client
