"""A row of the settings table: one environment variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from config.settings.rates import is_rate


class SettingError(ValueError):
    """One or more settings have a value that can't be used. The message names each of them."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """The input of a check: the name and the value of a setting, and all other settings."""

    name: str
    value: Any
    secret: bool
    settings: Any

    def must(self, rule: str, *, instead_of: object = None) -> str:
        """The error message that a rule is broken, with the value or its bad part unless it is a secret."""
        bad = self.value if instead_of is None else instead_of
        return f"{self.name} must {rule}" + ("" if self.secret else f", not {str(bad)!r}")


Check = Callable[[Given], str]


def passes(given: Given) -> str:
    """Accept any value: the check of a row without a rule."""
    return ""


def setting(
    name: str,
    default: Any,
    help: str,
    *,
    check: Check = passes,
    secret: bool = False,
    empty: bool = False,
    formerly: str = "",
) -> Any:
    """Declare a row: the environment variable, its default, its description and its rule.

    `check` returns an error message, or "". It is not called with an empty text. An empty variable counts as
    absent, unless `empty` is true. `formerly` is an older name of the variable, which is still read.
    """
    metadata = {
        "name": name,
        "help": help,
        "check": check,
        "secret": secret,
        "empty": empty,
        "formerly": formerly,
    }
    return field(default=default, metadata=metadata)


def limit(name: str, default: str, help: str) -> Any:
    """Declare a row for a limit, such as 600/minute. An empty value means no limit."""
    return setting(name, default, help, check=_rate, empty=True)


def _rate(given: Given) -> str:
    if is_rate(given.value):
        return ""
    return given.must("be a rate such as 600/minute or 10/second;600/hour")
