"""Fixtures that tests of boards share."""

from __future__ import annotations

import pytest

from tests.boards.calls import dozen


@pytest.fixture
def cup(client, parts):
    """A dense board, which Redis shows."""
    dozen(client)
    return client
