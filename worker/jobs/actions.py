"""Jobs of actions."""

from __future__ import annotations

from worker.context import parts


def forget_old_refusals() -> None:
    """Delete the counts of refusals of past hours."""
    parts().actions.refusals.forget_old()
