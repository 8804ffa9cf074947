"""The time from a committed score to the screen, with 100 viewers: `python -m tests.load.pixels [interval]`.

Reports scores one by one, and notes the time at which a real Chromium draws each. Needs the
packages of `make test`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path
from tests.support import Stack, submit
from tests.watcher import Watcher

BOARD, PLAYER = "pixels", "p5"
VIEWERS, ROWS, SCORES = 99, 100, 60
NOTE_WHEN_DRAWN = """(player) => {
  window.drawn = {}
  const note = () => {
    for (const cell of document.querySelectorAll(`#rows tbody tr[data-player=${player}] .score`)) {
      window.drawn[cell.dataset.value] ??= Date.now()
    }
  }
  const changes = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(() => requestAnimationFrame(note)).observe(document.querySelector("#rows"), changes)
}"""


def main() -> int:
    """Measure, and print percentiles."""
    interval = float(sys.argv[1]) if len(sys.argv) > 1 else 0.4
    with tempfile.TemporaryDirectory(prefix="scoreboard-pixels-") as folder:
        stack = Stack(Path(folder).resolve())
        stack.start()
        try:
            delays = sorted(measure(stack, interval))
        finally:
            stack.stop()
    p50, p95 = delays[len(delays) // 2], delays[int(len(delays) * 0.95)]
    print(f"{len(delays)} of {SCORES} scores, {interval} s apart, were drawn one by one:")
    print(f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most {delays[-1]:.0f} ms after the answer")
    return 0


def measure(stack: Stack, interval: float) -> list[float]:
    """Milliseconds from each answer until its score was drawn, without scores that were replaced before."""
    assert stack.call("PUT", f"/v1/admin/boards/{BOARD}", {"operator": "set"}).status == 201
    submit(stack, BOARD, *({"player": f"p{number}", "score": number} for number in range(ROWS)))
    for _ in range(VIEWERS):
        Watcher(stack.port, BOARD, reconnect=False)  # until the server ends
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(f"{stack.url}/b/{BOARD}")
        page.wait_for_selector(".badge[data-state=live]")
        return play(stack, page, interval)


def play(stack: Stack, page: Page, interval: float) -> list[float]:
    page.evaluate(NOTE_WHEN_DRAWN, PLAYER)
    committed = {}
    for number in range(SCORES):
        submit(stack, BOARD, {"player": PLAYER, "score": 1000 + number})
        committed[str(1000 + number)] = 1000 * time.time()
        time.sleep(interval)
    time.sleep(1)
    drawn = page.evaluate("window.drawn")
    return [drawn[score] - at for score, at in committed.items() if score in drawn]


if __name__ == "__main__":
    sys.exit(main())
