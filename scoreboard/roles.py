"""The blueprints of each route group. A process may serve all groups, or some."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint

from scoreboard.accounts import routes as accounts
from scoreboard.actions import routes as actions
from scoreboard.admin import routes as admin
from scoreboard.boards import routes as boards
from scoreboard.merging import routes as merging
from scoreboard.moderation import routes as moderation
from scoreboard.ops import routes as ops
from scoreboard.pages import routes as pages
from scoreboard.pages.account import routes as account
from scoreboard.pages.archive import routes as archive
from scoreboard.pages.cards import routes as cards
from scoreboard.pages.guide import routes as guide
from scoreboard.pages.players import routes as players
from scoreboard.pages.sharing import routes as sharing
from scoreboard.pages.shell import routes as shell
from scoreboard.profiles import routes as profiles
from scoreboard.reference import routes as reference
from scoreboard.scores import routes as scores
from scoreboard.stream import routes as stream

ALWAYS = (ops.bp,)
ROLES = {
    "auth": (accounts.bp, merging.bp),
    "score": (scores.bp, actions.bp),
    "board": (boards.bp, profiles.bp, stream.bp),
    "admin": (admin.bp, moderation.bp),
    "pages": (
        *(pages.bp, pages.sdk, sharing.bp, cards.bp, archive.bp, players.bp),
        *(guide.bp, account.bp, shell.bp, reference.bp),
    ),
}


def blueprints(roles: Sequence[str] = tuple(ROLES)) -> list[Blueprint]:
    """The blueprints of some route groups, and those that every process serves."""
    return [*(bp for role in roles for bp in ROLES[role]), *ALWAYS]
