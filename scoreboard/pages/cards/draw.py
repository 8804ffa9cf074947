"""python draw.py FONT…: draws an SVG, from standard input, as a PNG, to standard output.

Each card is drawn by a process of its own: drawing takes 50 ms, in which a process does nothing else, and the
texts that it draws were written by strangers.
"""

from __future__ import annotations

import sys

import resvg_py


def main() -> None:
    """Draw the SVG, with these fonts only."""
    svg = sys.stdin.buffer.read().decode()
    png = resvg_py.svg_to_bytes(svg_string=svg, font_files=sys.argv[1:], skip_system_fonts=True)
    sys.stdout.buffer.write(bytes(png))


if __name__ == "__main__":
    main()
