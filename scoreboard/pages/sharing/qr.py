"""QR codes, as SVG. Pure."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno

KEPT = 256  # codes that a process remembers; a link begins with the host, so made-up hosts make many
QUIET_MODULES = 2  # around the code; readers of today need no four, and screens have no room to give away


@lru_cache(maxsize=KEPT)
def qr_code(text: str) -> bytes:
    """A text as a QR code in black on white: cameras read it on dark pages too. Takes 5 to 20 ms to draw."""
    out = BytesIO()
    drawn = segno.make_qr(text, error="m")
    drawn.save(out, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return out.getvalue()
