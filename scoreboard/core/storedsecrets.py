"""Secrets that a server made for itself, in private files of its data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from scoreboard.core import textfiles

KEY_FILE = "secret.key"  # holds the SECRET_KEY of a server that was given none


def stored_secret(path: Path) -> str:
    """The secret in a file. A missing file is made, with a new secret. Raises OSError."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    return textfiles.read(path).strip()
