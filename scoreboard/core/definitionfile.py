"""Definition files: TOML with a table for each board or action type, applied when a table changes."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from scoreboard.core import textfiles
from scoreboard.core.errors import FieldError, ValidationFailed


def changed_tables(path: Path, known: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, content and digest of each table whose digest is not the `known` one of its name.

    A missing file has no tables. Raises ValidationFailed if the file can't be read, or is not TOML.
    """
    for name, body in _tables(path).items():
        digest = hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()[:16]
        if known.get(name) != digest:
            yield name, body, digest


@contextmanager
def error_context(path: Path, name: str) -> Iterator[None]:
    """Put the file and the table in front of the fields of a ValidationFailed."""
    try:
        yield
    except ValidationFailed as error:
        raise ValidationFailed(
            *(FieldError(f"{path}: [{name}] {one.field}", one.message) for one in error.errors)
        ) from error


def _tables(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(textfiles.read(path))
    except OSError as error:
        reason = f"can't be read ({error.strerror}): make it readable, or name another file in the settings"
        raise ValidationFailed(FieldError(str(path), reason)) from error
    except ValueError as error:  # as TOMLDecodeError is
        raise ValidationFailed(FieldError(str(path), str(error))) from error
