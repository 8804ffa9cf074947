"""Jobs of boards."""

from __future__ import annotations

from worker.context import parts


def close_due_periods() -> int:
    """Close periods that have ended, each exactly once. Returns their number."""
    return parts().boards.admin.close_due_periods()


def forget_old_answers() -> None:
    """Delete stored answers to old idempotency keys."""
    parts().base.answers.forget_old()
