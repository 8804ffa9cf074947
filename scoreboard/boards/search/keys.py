"""Search keys: names as a search compares them, without case and accents. Pure.

A name matches a search if its key begins with the key of the searched text. Keys are compared by their code
points, in SQL as well.
"""

from __future__ import annotations

import unicodedata

import regex

MAX_LENGTH = 64  # characters of a key
MIN_LENGTH = 2  # characters of a search; one is enough if it stands for a word or a syllable
LAST = "\U0010ffff"  # follows every character of a key

# Letters with a stroke or a tail, and ligatures, which Unicode does not decompose.
LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)
# Marks that change the sound of a letter to another letter's: nukta, the voicing of kana, virama.
SPELLING = (7, 8, 9)
INVISIBLE = ("Cc", "Cf", "Cs")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


def search_key(text: str) -> str:
    """The key of a name, or of the beginning of one."""
    if text.isascii():
        folded = text.lower()
    else:
        # Once more after folding: it may compose or decompose letters.
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        folded = "".join(map(_plain, folded)).translate(LETTERS)
    return " ".join("".join(filter(_visible, folded)).split())[:MAX_LENGTH].rstrip()


def is_long_enough(text: str) -> bool:
    """True if a text is long enough to be searched for."""
    return len(search_key(text)) >= MIN_LENGTH or bool(_CJK.search(text))


def _plain(letter: str) -> str:
    return "" if unicodedata.combining(letter) not in (0, *SPELLING) else letter


def _visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in INVISIBLE
