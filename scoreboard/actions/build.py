"""Builds actions: types, tokens, completions and their receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoreboard.accounts.service import Accounts
from scoreboard.actions.catalogue import ActionTypes
from scoreboard.actions.checks.attempt import Check
from scoreboard.actions.checks.device import DeviceCheck
from scoreboard.actions.checks.duration import DurationCheck
from scoreboard.actions.checks.points import PointsCheck
from scoreboard.actions.checks.work import WorkCheck
from scoreboard.actions.fold import ActionFold
from scoreboard.actions.receipts import Receipts
from scoreboard.actions.refusals import Refusals
from scoreboard.actions.refusedfold import RefusedFold
from scoreboard.actions.service import Actions
from scoreboard.actions.store.receipts import StoredReceipts
from scoreboard.actions.store.refused import StoredRefusals
from scoreboard.actions.store.types import StoredTypes
from scoreboard.actions.tokens import ActionTokens
from scoreboard.actions.typeadmin import ActionTypeAdmin
from scoreboard.actions.typefold import AUDITED, DEFINED, DELETED
from scoreboard.actions.typefold import apply as apply_type
from scoreboard.base import Base
from scoreboard.boards.service import Boards
from scoreboard.core.signing import derive
from scoreboard.journal.build import JournalParts
from scoreboard.journal.simplefold import SimpleFold
from scoreboard.journal.types import Announce, Fold
from scoreboard.journal.writer import Writer
from scoreboard.keyring.service import KeyRing


@dataclass(frozen=True, kw_only=True)
class ActionsParts:
    """The parts of actions that routes, commands and jobs use."""

    service: Actions
    refusals: Refusals
    types: ActionTypes
    type_admin: ActionTypeAdmin


def build_receipts(base: Base, journal: JournalParts) -> Receipts:
    """Build the receipts, which the fold of completions writes and the service reads."""
    return Receipts(stored=StoredReceipts(base.database), deferred=journal.deferred)


def folds(*, scoring: Fold, accounts: Accounts, receipts: Receipts, announce: Announce) -> list[Fold]:
    """The folds of completions, action types and refusals."""
    return [
        ActionFold(scoring=scoring, accounts=accounts, receipts=receipts),
        SimpleFold({DEFINED, DELETED}, apply=apply_type, announce=announce, audited=AUDITED),
        RefusedFold(announce=announce),
    ]


def own_checks() -> tuple[Check, ...]:
    """The checks of actions, cheap ones first."""
    return (DeviceCheck(), DurationCheck(), PointsCheck(), WorkCheck())


def build(
    base: Base,
    *,
    journal: JournalParts,
    writer: Writer,
    ring: KeyRing,
    accounts: Accounts,
    boards: Boards,
    receipts: Receipts,
    checks: Sequence[Check] = (),
) -> ActionsParts:
    """Build the services of actions. `checks` are those of other features; they run after its own."""
    stored = StoredTypes(base.database)
    types = ActionTypes(stored)
    refusals = Refusals(stored=StoredRefusals(base.database), writer=writer, clock=base.clock)
    return ActionsParts(
        service=Actions(
            tokens=ActionTokens(ring),
            checks=(*own_checks(), *checks),
            receipts=receipts,
            refusals=refusals,
            accounts=accounts,
            boards=boards,
            journal=journal.reader,
            writer=writer,
            clock=base.clock,
            secret=derive(base.secrets[0], "device"),
        ),
        refusals=refusals,
        types=types,
        type_admin=ActionTypeAdmin(writer=writer, types=types, stored=stored, boards=boards),
    )
