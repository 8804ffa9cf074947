"""Builds the key ring."""

from __future__ import annotations

from scoreboard.base import Base
from scoreboard.journal.simplefold import SimpleFold
from scoreboard.journal.types import Announce, Fold
from scoreboard.journal.writer import Writer
from scoreboard.keyring.fold import AUDITED, CREATED, REVOKED, apply
from scoreboard.keyring.service import KeyRing
from scoreboard.keyring.store import RingKeys
from scoreboard.keyring.types import Schedule
from scoreboard.keyring.vault import Vault


def folds(announce: Announce) -> list[Fold]:
    """Folds of facts about ring keys."""
    return [SimpleFold({CREATED, REVOKED}, apply=apply, announce=announce, audited=AUDITED)]


def build(base: Base, writer: Writer) -> KeyRing:
    """Build the key ring of this process."""
    settings = base.settings
    return KeyRing(
        stored=RingKeys(base.database),
        vault=Vault(base.secrets),
        writer=writer,
        clock=base.clock,
        schedule=Schedule(
            rotation_ms=settings.key_rotation_seconds * 1000,
            publish_ms=settings.key_publish_seconds * 1000,
        ),
    )
