"""Which spellings of a user name or a password are the same. Pure.

RFC 8265 says it for both, in the profiles UsernameCaseMapped and OpaqueString: canonically equivalent
spellings are one, and of user names also full and half width, and upper and lower case. A letter of another
script that looks alike is another letter.
"""

from __future__ import annotations

import re
import unicodedata

import regex
from precis_i18n import get_profile

from scoreboard.accounts.invisible import dropped, visible, without_joiners
from scoreboard.core.errors import FieldError, ValidationFailed

LONGEST_USERNAME = 64
USERNAME_WORDS = (
    "letters and digits of any script and any of _ . @ + -, at most 64 characters, the first one a letter or"
    " digit, all of them written in one direction"
)

_mapped = get_profile("UsernameCaseMapped")
_opaque = get_profile("OpaqueString")
_ALLOWED = regex.compile(r"[\p{L}\p{N}](?:[^\x00-\x7F]|[A-Za-z0-9_.@+-])*")
_INVISIBLE = re.compile("[\u200c\u200d]")
# Thai, Lao and Armenian can't be typed without some of these, which RFC 8264 leaves out of user names.
_COMPATIBLE = regex.compile(r"[\p{L}&&\p{Decomposition_Type=Compat}]", regex.V1)


def composed(text: str) -> str:
    """A text in its composed form, in plain width and with plain spaces."""
    return str(_opaque.apply_five_rules(_mapped.width_mapping_rule(text)))


def username(text: str) -> str:
    """A new user name as it is kept, in its own case. Raises ValidationFailed."""
    name = dropped(composed(text))
    try:
        _mapped.enforce(_letters(name))
    except UnicodeEncodeError:
        raise _not_allowed() from None
    if not _ALLOWED.fullmatch(name) or _INVISIBLE.search(visible(name)) or len(name) > LONGEST_USERNAME:
        raise _not_allowed()
    return name


def username_key(text: str) -> str:
    """What makes two user names the same. Joiners make no difference: some of them can't be seen."""
    if text.isascii():
        return text.lower()
    try:
        return str(_mapped.enforce(_letters(text)))
    except UnicodeEncodeError:  # nobody can have it today, and somebody may have had it before
        return text.casefold()


def password_spellings(text: str) -> tuple[str, ...]:
    """How a password may be stored: as it was typed, and as all spellings of it are stored today."""
    mapped = password_form(text)
    return (text,) if mapped == text else (text, mapped)


def password_form(text: str) -> str:
    """The one spelling of a password that is stored.

    By the rules of OpaqueString, and of full and half width, which input methods choose for people. What may
    be in it is not restricted: emoji are as good as letters.
    """
    return text if text.isascii() else composed(text)


def _letters(text: str) -> str:
    """Without joiners, and with letters that stand for two of them taken apart."""
    return str(_COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), without_joiners(text)))


def _not_allowed() -> ValidationFailed:
    return ValidationFailed(FieldError("username", f"must be {USERNAME_WORDS}"))
