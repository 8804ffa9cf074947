"""Settings of secrets, the key ring and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings.checks import at_least, characters, must
from config.settings.row import Given, setting
from config.settings.urls import split_list

SECRET_CHARACTERS, BOOTSTRAP_CHARACTERS = 32, 16


def _are_long(text: str) -> bool:
    return all(len(key) >= SECRET_CHARACTERS for key in split_list(text))


def _rotation(given: Given) -> str:
    publish_seconds = given.settings.key_publish_seconds
    if given.value > 2 * publish_seconds:
        return ""
    return given.must(f"be more than twice KEY_PUBLISH_SECONDS, which is {publish_seconds}")


@dataclass(frozen=True, kw_only=True)
class KeySettings:
    """Rows of the table."""

    secret_key: str = setting(
        "SECRET_KEY",
        "",
        "At least 32 random characters, which seal the key ring; `make run` makes them.",
        check=characters(SECRET_CHARACTERS),
        secret=True,
    )
    secret_key_fallbacks: str = setting(
        "SECRET_KEY_FALLBACKS",
        "",
        "Earlier values of SECRET_KEY, comma-separated: data sealed with them can still be opened.",
        check=must(f"list keys of at least {SECRET_CHARACTERS} characters each", _are_long),
        secret=True,
    )
    key_rotation_seconds: int = setting(
        "KEY_ROTATION_SECONDS", 86_400, "How often the key ring gets a new key.", check=_rotation
    )
    key_publish_seconds: int = setting(
        "KEY_PUBLISH_SECONDS",
        300,
        "How long every process knows a new key before it is used.",
        check=at_least(1),
    )
    session_max_age_days: int = setting(
        "SESSION_MAX_AGE_DAYS",
        365,
        "Days after which players must sign in again, even if they are active. Guests never must.",
        check=at_least(1),
    )
    bootstrap_key: str = setting(
        "SCOREBOARD_BOOTSTRAP_KEY",
        "",
        "Registered at start as a server key with every scope (16 characters or more).",
        check=characters(BOOTSTRAP_CHARACTERS),
        secret=True,
    )

    @property
    def fallbacks(self) -> list[bytes]:
        """Earlier values of SECRET_KEY."""
        return [key.encode() for key in split_list(self.secret_key_fallbacks)]
