"""Fixtures that tests of actions share."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define


@pytest.fixture
def ada(parts):
    """A guest, and an action type "jump" worth ten points."""
    define(parts)
    return Player(parts, displayName="Ada")
