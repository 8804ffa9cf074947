"""Display names and the version of the catalogue in Redis, beside the boards."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.types import Name
from scoreboard.boards.store.redislink import RedisLink
from scoreboard.core.storage import rediskeys


class RedisCatalogue:
    """Reads and writes display names and the catalogue's version in Redis. All methods raise RedisAway."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def versions(self) -> tuple[int | None, str | None]:
        """The version of the catalogue, and a text that changes when a name that boards may show does."""
        keys = (rediskeys.catalogue_version(), rediskeys.renames(), rediskeys.names())
        catalogue, renames = self._link.read("read_versions", keys, ())
        return int(catalogue) if catalogue else None, renames or None

    def show_version(self, version: int) -> None:
        """Publish the version of the newest definitions to every process."""
        self._link.do(lambda redis: redis.set(rediskeys.catalogue_version(), version))

    def names(self, players: Sequence[str]) -> list[str | None] | None:
        """The display names of players; None if Redis does not have all names."""
        texts = self._read_names(players)
        return texts and [None if text is None else text.partition(":")[2] for text in texts]

    def differing_names(self, names: Sequence[Name]) -> dict[str, str] | None:
        """The texts that Redis has in place of these names, by player, where they differ.

        None if Redis does not have all names.
        """
        texts = self._read_names([name.player for name in names])
        if texts is None:
            return None
        pairs = zip(names, texts, strict=True)
        return {name.player: text or "" for name, text in pairs if text != f"{name.seq}:{name.text}"}

    def show_names(self, names: Sequence[Name], *, complete: int | None = None) -> None:
        """Show display names, each unless a newer one is shown.

        `complete` says that Redis, which may have been emptied before, has all names from now on. It is the
        number of the newest fact that changed a name.
        """
        args: list[Any] = ["" if complete is None else complete, secrets.token_hex(4)]
        for name in names:
            args += (name.player, name.seq, name.text, int(name.may_be_listed))
        self._link.call("show_names", _name_keys(), args)

    def hide_names(self) -> None:
        """Delete all names: they are read from SQL until all of them are shown again."""
        self._link.do(lambda redis: redis.unlink(rediskeys.names(), rediskeys.renames()))

    def forget_names(self, players: Sequence[str], gone: int) -> None:
        """Delete the names of players whom the fact `gone` removed."""
        self._link.call("forget_names", _name_keys(), [gone, *players])

    def _read_names(self, players: Sequence[str]) -> list[str | None] | None:
        if not players:
            return []
        keys = [rediskeys.renames(), rediskeys.names()]
        texts: list[str | None] | None = self._link.read("read_names", keys, players)
        return texts


def _name_keys() -> list[str]:
    return [rediskeys.names(), rediskeys.renames()]
