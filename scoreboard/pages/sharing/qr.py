"""QR codes, as SVG. Pure."""

from __future__ import annotations

from io import BytesIO

import segno

QUIET_MODULES = 2  # around the code; readers of today need no four, and screens have no room to give away


def qr_code(text: str) -> bytes:
    """A text as a QR code in black on white: cameras read it on dark pages too."""
    out = BytesIO()
    drawn = segno.make_qr(text, error="m")
    drawn.save(out, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return out.getvalue()
