"""Reading the settings from the environment."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import Field
from typing import Any, get_type_hints

from config.settings.row import Given, SettingError
from config.settings.table import Settings, table
from scoreboard.core import listening

log = logging.getLogger(__name__)

TYPES = get_type_hints(Settings)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment. Raises SettingError naming every bad value."""
    environ = os.environ if environ is None else environ
    values, complaints = {}, []
    for row in table():
        text = _text(row, environ)
        if text is None or (not text and not row.metadata["empty"]):
            continue
        try:
            values[row.name] = TYPES[row.name](text)
        except ValueError:
            complaints.append(f"{row.metadata['name']} must be a whole number, not {text!r}")
    settings = Settings(**values | {"host": listening.normal(values.get("host", ""))})
    complaints += _complaints(settings)
    if complaints:
        raise SettingError("; ".join(complaints))
    return settings


def _text(row: Field[Any], environ: Mapping[str, str]) -> str | None:
    name, formerly = row.metadata["name"], row.metadata["formerly"]
    if name in environ or formerly not in environ:
        return environ.get(name)
    log.warning("%s is now called %s: rename it in the environment", formerly, name)
    return environ[formerly]


def _complaints(settings: Settings) -> Iterator[str]:
    for row in table():
        value, about = getattr(settings, row.name), row.metadata
        given = Given(name=about["name"], value=value, secret=about["secret"], settings=settings)
        if value != "" and (complaint := about["check"](given)):
            yield complaint
