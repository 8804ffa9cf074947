"""Builds the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.audit.follow import AuditFollower
from scoreboard.audit.store import AuditLog
from scoreboard.base import Base
from scoreboard.journal.service import Journal


@dataclass(frozen=True, kw_only=True)
class AuditParts:
    """The audit log, and the follower that writes it."""

    log: AuditLog
    follower: AuditFollower


def build(base: Base, journal: Journal) -> AuditParts:
    """Build the audit log and its follower, which the worker runs."""
    log = AuditLog(base.audit_database)
    return AuditParts(log=log, follower=AuditFollower(audit=log, journal=journal))
