"""Access of routes to the parts that the composition root built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from scoreboard.parts import Parts


def parts() -> Parts:
    """The parts of this app."""
    built: Parts = current_app.extensions["parts"]
    return built
