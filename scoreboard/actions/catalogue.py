"""The catalogue of action types: in memory, at most a second old."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from scoreboard.actions.store.types import StoredTypes
from scoreboard.actions.types import ActionType
from scoreboard.core.errors import NotFound
from scoreboard.core.storage.unavailable import DatabaseUnavailable

LOOK_SECONDS = 1.0  # between two looks for changes


class ActionTypes:
    """Action types by name."""

    def __init__(self, stored: StoredTypes, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stored, self._monotonic = stored, monotonic
        self._version, self._looked_at = -1, float("-inf")
        self._types: Mapping[str, ActionType] = {}

    def get(self, name: str) -> ActionType:
        """An action type, at most a second old. Raises NotFound, unknown_action_type."""
        self._refresh_if_old()
        if name not in self._types:
            self.refresh()  # another process may have defined it just now
        if name not in self._types:
            raise NotFound(f"There is no action type {name[:64]!r}.", code="unknown_action_type")
        return self._types[name]

    def find(self, name: str) -> ActionType | None:
        """An action type, at most a second old; None if there is none."""
        self._refresh_if_old()
        return self._types.get(name)

    def incarnation(self, name: str) -> str:
        """The name of an action type's incarnation: it changes when the type is deleted and defined again."""
        self.refresh()
        found = self._types.get(name)
        return f"action-type {name} {found.since if found else 'none'}"

    def all(self) -> list[ActionType]:
        """All action types, by name."""
        self.refresh()
        return list(self._types.values())

    def refresh(self) -> None:
        """Load the action types if any of them changed."""
        self._looked_at = self._monotonic()
        if self._stored.version() != self._version:
            self._version, self._types = self._stored.load()

    def _refresh_if_old(self) -> None:
        if self._monotonic() - self._looked_at < LOOK_SECONDS:
            return
        try:
            self.refresh()
        except DatabaseUnavailable:
            if self._version < 0:
                raise  # otherwise the last known types are good enough
