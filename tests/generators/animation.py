"""Record docs/images/board.webp, the animation of the README: `python -m tests.generators.animation [file]`.

Starts the product, replays a football season on it, and films the board in a headless Chromium. Needs the
packages of `make test`, and Pillow (`.venv/bin/pip install pillow`), which the product does not use.
"""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path
from tests.support import KEY, ROOT, Stack, wait_until

SEASON = ROOT / "examples" / "football" / "2011-12-en.1.json"
BOARD = "premier-league"
MATCHES_BEFORE = 150  # matches, so that the film begins with a table and not with zeros
MATCHES_PER_SECOND = 6
SECONDS = 10
SIZE: ViewportSize = {"width": 1080, "height": 1000}
SHOWN = (810, 750)  # the frames are made smaller, so that many rows fit
MIN_MS = 90  # frames that follow sooner are left out, to keep the file small
QUALITY = 62
MAX_BYTES = 1_000_000  # people read READMEs on phones


def main() -> int:
    """Record, write, and print the size of the file. Returns 1 if it is too large."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "board.webp"
    with tempfile.TemporaryDirectory(prefix="scoreboard-animation-") as folder:
        stack = Stack(Path(folder).resolve())
        stack.start()
        try:
            frames = film(stack)
        finally:
            stack.stop()
    write(frames, target)
    size = target.stat().st_size
    print(f"{target}: {len(frames)} frames, {size / 1000:.0f} kB")
    return int(size > MAX_BYTES)


def film(stack: Stack) -> list[tuple[float, bytes]]:
    """Frames as PNG with their times in seconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE, color_scheme="dark", locale="en-GB")
        replay = season(stack)
        try:
            wait_until(lambda: matches_played(stack) >= MATCHES_BEFORE, seconds=120)
            page.goto(f"{stack.url}/b/{BOARD}")
            page.wait_for_selector("#rows [data-player]")
            page.wait_for_timeout(1500)  # the first change loads the code that draws
            return screencast(page)
        finally:
            replay.terminate()
            replay.wait()
            browser.close()


def season(stack: Stack) -> subprocess.Popen[bytes]:
    """The season, as `make replay` plays it."""
    command = [
        *(sys.executable, "-m", "scoreboard", "replay", str(SEASON)),
        *("--url", stack.url, "--key", KEY, "--board", BOARD, "--speed", str(MATCHES_PER_SECOND)),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def matches_played(stack: Stack) -> int:
    """About the number of matches that the board has counted: a match is worth two or three points."""
    answer = stack.call("GET", f"/v1/boards/{BOARD}/entries?limit=20")
    return (
        sum(row["score"] for row in answer.json["data"]["entries"]) * 10 // 27 if answer.status == 200 else 0
    )


def screencast(page: Page) -> list[tuple[float, bytes]]:
    """The page, frame by frame, for the length of the animation."""
    session = page.context.new_cdp_session(page)
    frames: list[tuple[float, bytes]] = []

    def keep(frame: dict[str, Any]) -> None:
        frames.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    page.wait_for_timeout(SECONDS * 1000)
    session.send("Page.stopScreencast")
    session.detach()
    return frames


def write(frames: list[tuple[float, bytes]], target: Path) -> None:
    """Write an animated WebP that repeats."""
    shown = [frames[0]]
    for frame in frames[1:]:
        if (frame[0] - shown[-1][0]) * 1000 >= MIN_MS:
            shown.append(frame)
    images = [small(data) for _, data in shown]
    times = [at for at, _ in shown]
    durations = [round((after - before) * 1000) for before, after in pairwise(times)] + [900]
    images[0].save(
        target, save_all=True, append_images=images[1:], duration=durations, loop=0, quality=QUALITY, method=4
    )


def small(data: bytes) -> Image.Image:
    """A frame in the size of the animation."""
    return Image.open(io.BytesIO(data)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sys.exit(main())
