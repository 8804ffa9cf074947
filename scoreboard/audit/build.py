"""Builds the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoreboard.audit.follow import AuditFollower
from scoreboard.audit.store import AuditLog
from scoreboard.base import Base
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fold


@dataclass(frozen=True, kw_only=True)
class AuditParts:
    """The audit log, and the follower that writes it."""

    log: AuditLog
    follower: AuditFollower


def build(base: Base, journal: Journal, folds: Sequence[Fold]) -> AuditParts:
    """Build the log and its follower. A line shows the parts of a fact that its fold declares."""
    log = AuditLog(base.audit_database)
    audited = {kind: fold.audited for fold in folds for kind in fold.kinds}
    return AuditParts(log=log, follower=AuditFollower(audit=log, journal=journal, audited=audited))
