"""Which blueprints each role serves. One process may play all roles, or one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint

from scoreboard.accounts import routes as accounts
from scoreboard.actions import routes as actions
from scoreboard.admin import routes as admin
from scoreboard.boards import routes as boards
from scoreboard.merging import routes as merging
from scoreboard.ops import routes as ops
from scoreboard.pages import routes as pages
from scoreboard.pages.account import routes as account
from scoreboard.pages.guide import routes as guide
from scoreboard.pages.sharing import routes as sharing
from scoreboard.pages.shell import routes as shell
from scoreboard.reference import routes as reference
from scoreboard.scores import routes as scores
from scoreboard.stream import routes as stream

ALWAYS = (ops.bp,)
ROLES = {
    "auth": (accounts.bp, merging.bp),
    "score": (scores.bp, actions.bp),
    "board": (boards.bp, stream.bp),
    "admin": (admin.bp,),
    "pages": (pages.bp, pages.sdk, sharing.bp, guide.bp, account.bp, shell.bp, reference.bp),
}


def blueprints(roles: Sequence[str] = tuple(ROLES)) -> list[Blueprint]:
    """The blueprints of some roles, and those that every process has."""
    return [*(bp for role in roles for bp in ROLES[role]), *ALWAYS]
