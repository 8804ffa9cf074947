"""QR codes, as SVG. Pure."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno

MAX_CACHED = 256  # codes in each process; a link contains the host, so made-up hosts make many
QUIET_MODULES = 2  # of margin; today's readers do not need the standard's four, and screens are small


@lru_cache(maxsize=MAX_CACHED)
def qr_code(text: str) -> bytes:
    """A text as a QR code, black on white so that cameras read it on dark pages too. Takes 5 to 20 ms."""
    out = BytesIO()
    symbol = segno.make_qr(text, error="m")
    symbol.save(
        out, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()
