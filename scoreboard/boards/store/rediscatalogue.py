"""Display names, and the version of the definitions, as Redis holds them beside the boards."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.types import Name
from scoreboard.boards.store.redislink import RedisLink
from scoreboard.core.storage import rediskeys


class RedisCatalogue:
    """Names and the catalogue's version. All methods raise RedisAway."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def versions(self) -> tuple[int | None, str | None]:
        """The version of the catalogue, and the name of the state of display names."""
        keys = (rediskeys.catalogue_version(), rediskeys.renames(), rediskeys.names())
        catalogue, renames = self._link.read("read_versions", keys, ())
        return int(catalogue) if catalogue else None, renames or None

    def show_version(self, version: int) -> None:
        """Tell every process that the definitions changed."""
        self._link.do(lambda redis: redis.set(rediskeys.catalogue_version(), version))

    def names(self, players: Sequence[str]) -> list[str | None] | None:
        """Display names; None if Redis does not hold all names."""
        found = self._read_names(players)
        return found and [None if text is None else text.partition(":")[2] for text in found]

    def differing_names(self, names: Sequence[Name]) -> dict[str, str] | None:
        """What Redis holds for those of these names that differ; None as for `names`."""
        found = self._read_names([name.player for name in names])
        if found is None:
            return None
        pairs = zip(names, found, strict=True)
        return {name.player: text or "" for name, text in pairs if text != f"{name.seq}:{name.text}"}

    def show_names(self, names: Sequence[Name], *, complete: int | None = None) -> None:
        """Show display names, each unless a newer one is shown.

        `complete`, the newest fact that changed any name, says that Redis has all names from now
        on: it may have been emptied.
        """
        args: list[Any] = ["" if complete is None else complete, secrets.token_hex(4)]
        for name in names:
            args += (name.player, name.seq, name.text)
        self._link.call("show_names", _name_keys(), args)

    def hide_names(self) -> None:
        """Have names read from SQL until all of them are shown again."""
        self._link.do(lambda redis: redis.unlink(rediskeys.names(), rediskeys.renames()))

    def forget_names(self, players: Sequence[str], gone: int) -> None:
        """Delete the names of players whom the fact `gone` removed."""
        self._link.call("forget_names", _name_keys(), [gone, *players])

    def _read_names(self, players: Sequence[str]) -> list[str | None] | None:
        if not players:
            return []
        keys = [rediskeys.renames(), rediskeys.names()]
        found: list[str | None] | None = self._link.read("read_names", keys, players)
        return found


def _name_keys() -> list[str]:
    return [rediskeys.names(), rediskeys.renames()]
