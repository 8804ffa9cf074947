"""Jobs that look after actions."""

from __future__ import annotations

from worker.context import parts


def forget_old_refusals() -> None:
    """Delete the counts of refusals of hours that are over."""
    parts().actions.refusals.forget_old()
