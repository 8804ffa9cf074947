"""Preparation of a process, before it counts as ready: keys, and the boards and actions that files define."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scoreboard.accounts.build import AccountsParts
from scoreboard.actions.build import ActionsParts
from scoreboard.base import Base
from scoreboard.boards.build import BoardsParts
from scoreboard.core.background import Loop
from scoreboard.core.errors import ScoreboardError, Unavailable
from scoreboard.core.storage.outages import OUTAGES
from scoreboard.core.storage.redis import RedisAway
from scoreboard.keyring.service import KeyRing

log = logging.getLogger(__name__)

NO_FILE_WARNING = "this file does not exist, so it defines nothing: create it, or name another file"
ZONE_WARNING = (
    "a board's time zone is not in the IANA list, and may mean another zone on another machine:"
    " the board keeps running; set its timeZone to a name such as Europe/Berlin"
)
RETRY_SECONDS = 1.0


@dataclass(kw_only=True)
class Preparation:
    """Prepares the database and Redis for this process. Repeated preparations change nothing."""

    base: Base
    ring: KeyRing
    accounts: AccountsParts
    boards: BoardsParts
    actions: ActionsParts
    done: threading.Event = field(default_factory=threading.Event)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop(
            "preparing",
            self.turn,
            expected=(*OUTAGES, Unavailable),
            rest_seconds=RETRY_SECONDS,
            on_outage=lambda error: log.warning("not prepared yet", extra={"reason": str(error)}),
        )

    def turn(self) -> None:
        """Prepare, or log the definition that can't be used. There is no next turn after either."""
        try:
            self.prepare()
        except Unavailable:
            raise
        except ScoreboardError as error:
            log.error("a file of definitions can't be used", extra={"reason": error.detail})  # noqa: TRY400

    def prepare(self) -> None:
        """Fill the key ring, and register the bootstrap key and the files of definitions."""
        settings = self.base.settings
        if settings.secret_key:
            # Without one, no other process could open a key made by a command. Web processes make theirs.
            self.ring.ensure()
        if settings.bootstrap_key:
            self.accounts.keys.register_bootstrap(settings.bootstrap_key)
        try:
            self._define()
            with suppress(RedisAway):
                self.boards.follower.build_if_short()
            _ = self.base.eviction.policy  # reading it logs a warning if keys may be evicted
        finally:
            self.done.set()  # one board's error must not keep the others' scores out

    def _define(self) -> None:
        settings = self.base.settings
        _warn_of_missing("BOARDS_FILE", settings.boards_file)
        _warn_of_missing("ACTIONS_FILE", settings.actions_file)
        for board in self.boards.admin.apply_file(settings.boards_file):
            log.info("board defined", extra={"board": board})
        for name in self.actions.type_admin.apply_file(settings.actions_file):
            log.info("action type defined", extra={"action": name})
        for board, zone in self.boards.admin.unlisted_zones().items():
            log.warning(ZONE_WARNING, extra={"board": board, "timeZone": zone})


def _warn_of_missing(setting: str, path: Path) -> None:
    if not path.exists():
        log.warning(NO_FILE_WARNING, extra={"setting": setting, "file": str(path)})
