"""Text files that people edit."""

from __future__ import annotations

from pathlib import Path


def read(path: Path) -> str:
    """A file's text: UTF-8, with or without a byte order mark. Raises ValueError with an instruction."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not UTF-8, at byte {error.start}: save it as UTF-8 (`>` in Windows PowerShell writes UTF-16)"
        ) from error
