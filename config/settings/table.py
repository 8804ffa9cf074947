"""The table of settings: the rows of all groups, in the order in which they are documented."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any

from config.settings.clients import ClientSettings
from config.settings.keys import KeySettings
from config.settings.limits import LimitSettings
from config.settings.product import ProductSettings
from config.settings.server import ServerSettings
from config.settings.storage import StorageSettings
from config.settings.streams import StreamSettings
from scoreboard.core.root import ROOT


# Dataclasses take the fields of the last base first.
@dataclass(frozen=True, kw_only=True)
class Settings(
    LimitSettings,
    ClientSettings,
    StreamSettings,
    ProductSettings,
    KeySettings,
    StorageSettings,
    ServerSettings,
):
    """The values of all settings, read once when a process starts."""


def table() -> tuple[Field[Any], ...]:
    """The rows, in the order in which they are documented."""
    return fields(Settings)


def default(row: Field[Any]) -> str:
    """A row's default, written as in the environment. The path of a shipped file is relative to the root."""
    if isinstance(row.default, Path) and row.default.is_relative_to(ROOT):
        return str(row.default.relative_to(ROOT))
    return "" if row.default in (MISSING, "") else str(row.default)
