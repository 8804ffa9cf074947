"""The parts of a row beside its numbers: the portrait's initials and hue, flags, the names of links. Pure.

js/board/row-parts.js does the same; both are tested on the same cases.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import regex

HUES = 12  # in css/row-parts.css
PLAYER = "{player}"  # in AVATAR_URL
_WORD = regex.compile(r"[\p{L}\p{N}]\p{M}*")
_SIGN = regex.compile(r"\p{RI}{2}|.", regex.DOTALL)


def initials(name: str) -> str:
    """One or two letters for a name: the first ones of its first and its last word."""
    found = [letter[0] for word in name.split() if (letter := _WORD.search(word))]
    if not found:
        sign = _SIGN.search(name)
        return sign[0] if sign else ""
    return "".join(found[:1] + found[1:][-1:]).upper()


def hue(player: str) -> int:
    """The number of a player's colour. It depends on the id, so that a new name keeps it."""
    number = 0
    for letter in player:
        number = (number * 31 + ord(letter)) % 2**32
    return number % HUES


def avatar(pattern: str, player: str) -> str:
    """The address of a player's picture; "" if there are none."""
    return pattern.replace(PLAYER, player)


def flag_sign(code: str) -> str:
    """The emoji of a country's flag. GB-SCT and its like are written with tags."""
    if len(code) == 2:
        return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in code.replace("-", "").lower())
    return f"\U0001f3f4{tags}\U000e007f"


def link_name(address: str) -> str:
    """The name of a link without a title: its host."""
    return (urlsplit(address).hostname or "").removeprefix("www.")
