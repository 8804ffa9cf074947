"""The fonts of share cards: bundled ones for Latin, Cyrillic, Arabic, Devanagari, and installed ones."""

from __future__ import annotations

import mmap
import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from scoreboard.core.root import ROOT
from scoreboard.pages.cards.cmap import Characters, characters

BUNDLED = tuple(sorted((ROOT / "frontend" / "vendor").glob("noto-sans*/*.ttf")))
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local" / "share" / "fonts",
    Path("/Library/Fonts"),
)
INSTALLED = re.compile(r"^NotoSans.*(-Regular|\[.*\])\.(ttf|otf|ttc)\Z")
SELECTORS = range(0xFE00, 0xFE10)  # choose a shape of the character before them


class Fonts:
    """Font files, and the characters that they have."""

    def __init__(self, bundled: Sequence[Path] = BUNDLED, folders: Sequence[Path] = FOLDERS) -> None:
        self.bundled = bundled
        self._folders = folders

    def can_draw(self, text: str) -> bool:
        """True if all characters of a text can be drawn."""
        return self.further(text) is not None

    def further(self, text: str) -> tuple[Path, ...] | None:
        """The installed fonts that a text needs beside the bundled ones; None if it can't be drawn."""
        missing = {char for char in text if _visible(char)}
        found: list[Path] = []
        for path in self._all():
            covered = {char for char in missing if char in _characters(path)}
            if covered and path not in self.bundled:
                found.append(path)
            missing -= covered
            if not missing:
                return tuple(found)
        return None

    def _all(self) -> Iterator[Path]:
        yield from self.bundled
        yield from self._installed  # searched only for a text that the bundled fonts do not cover

    @cached_property
    def _installed(self) -> tuple[Path, ...]:
        paths = (path for folder in self._folders if folder.is_dir() for path in folder.rglob("NotoSans*"))
        return tuple(sorted(path for path in paths if INSTALLED.match(path.name)))


@lru_cache(maxsize=1024)
def _characters(path: Path) -> Characters:
    """The characters of a font file; none if it can't be read."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as font:
            return characters(font)
    except (OSError, ValueError, struct.error):
        return Characters((), ())


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cf", "Cc") and ord(char) not in SELECTORS
