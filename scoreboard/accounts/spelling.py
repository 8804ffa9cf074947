"""Equivalent spellings of user names and passwords. Pure.

By RFC 8265, with its profiles UsernameCaseMapped and OpaqueString: canonically equivalent spellings are the
same. In user names, full and half width are the same too, and so are upper and lower case. Letters of
different scripts that look alike are different.
"""

from __future__ import annotations

import re
import unicodedata

import regex
from precis_i18n import get_profile

from scoreboard.accounts.invisible import remove_joiners, remove_needed, remove_useless
from scoreboard.core.errors import FieldError, ValidationFailed

LONGEST_USERNAME = 64
USERNAME_WORDS = (
    "letters and digits of any script and any of _ . @ + -, at most 64 characters, the first one a letter or"
    " digit, all of them written in one direction"
)

_mapped = get_profile("UsernameCaseMapped")
_opaque = get_profile("OpaqueString")
_ALLOWED = regex.compile(r"[\p{L}\p{N}](?:[^\x00-\x7F]|[A-Za-z0-9_.@+-])*")
_JOINERS = re.compile("[\u200c\u200d]")
# Thai, Lao and Armenian need some of these, which RFC 8264 excludes from user names.
_COMPATIBLE = regex.compile(r"[\p{L}&&\p{Decomposition_Type=Compat}]", regex.V1)


def compose(text: str) -> str:
    """A text in its composed form, in normal width and with normal spaces."""
    return str(_opaque.apply_five_rules(_mapped.width_mapping_rule(text)))


def username(text: str) -> str:
    """A new user name as it is stored, in the case that was typed. Raises ValidationFailed."""
    name = remove_useless(compose(text))
    try:
        _mapped.enforce(_letters(name))
    except UnicodeEncodeError:
        raise _not_allowed() from None
    if not _ALLOWED.fullmatch(name) or _JOINERS.search(remove_needed(name)) or len(name) > LONGEST_USERNAME:
        raise _not_allowed()
    return name


def username_key(text: str) -> str:
    """The key that equivalent user names share. It has no joiners: some of them are invisible."""
    if text.isascii():
        return text.lower()
    try:
        return str(_mapped.enforce(_letters(text)))
    except UnicodeEncodeError:  # not allowed today, but an older release may have allowed it
        return text.casefold()


def password_spellings(text: str) -> tuple[str, ...]:
    """The forms in which a password may be stored: as it was typed, and in today's form."""
    mapped = password_form(text)
    return (text,) if mapped == text else (text, mapped)


def password_form(text: str) -> str:
    """The form in which a password is stored: one for all its equivalent spellings.

    By the rules of OpaqueString, and without full and half width, which the input method chooses. All
    characters are allowed, emoji too.
    """
    return text if text.isascii() else compose(text)


def _letters(text: str) -> str:
    """The text without joiners, and with ligatures decomposed into their letters."""
    return str(_COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), remove_joiners(text)))


def _not_allowed() -> ValidationFailed:
    return ValidationFailed(FieldError("username", f"must be {USERNAME_WORDS}"))
