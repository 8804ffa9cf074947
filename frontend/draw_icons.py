"""Draws the icons that need pixels from their SVG, by a browser: `make icons`."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parent / "static"
ICONS = {  # name of the PNG: its SVG, and its size in pixels
    "icon-192": ("favicon.svg", 192),
    "icon-512": ("favicon.svg", 512),
    "maskable-192": ("icons/maskable.svg", 192),
    "maskable-512": ("icons/maskable.svg", 512),
    "apple-touch": ("icons/maskable.svg", 180),
}


def draw(page: Page, name: str, source: str, pixels: int) -> None:
    """Draw one icon on a transparent background."""
    svg = (STATIC / source).read_text("utf-8").replace("<svg ", f'<svg width="{pixels}" height="{pixels}" ')
    page.set_viewport_size({"width": pixels, "height": pixels})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    page.screenshot(path=STATIC / "icons" / f"{name}.png", omit_background=True)


def wrap(name: str, pixels: int) -> None:
    """Write an icon as favicon.ico, for readers of feeds and old browsers, which ask for that name only."""
    png = (STATIC / "icons" / f"{name}.png").read_bytes()
    head = struct.pack("<HHH", 0, 1, 1)  # an icon, with one picture
    entry = struct.pack("<BBBBHHII", pixels, pixels, 0, 0, 1, 32, len(png), len(head) + 16)
    (STATIC / "favicon.ico").write_bytes(head + entry + png)


def main(browser_path: str | None) -> None:
    """Draw all icons."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        page = browser.new_page()
        for name, (source, pixels) in ICONS.items():
            draw(page, name, source, pixels)
        browser.close()
    wrap("icon-192", 192)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
