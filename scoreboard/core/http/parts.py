"""Access of routes to the parts that the composition root built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoreboard.core.http.calls import current

if TYPE_CHECKING:
    from scoreboard.parts import Parts


def parts() -> Parts:
    """The parts of the application that answers the current call."""
    built: Parts = current().app.parts
    return built
