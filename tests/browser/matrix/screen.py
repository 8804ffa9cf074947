"""A browser that draws the same pixels on every machine, and the pages of the matrix in it.

Fonts come from the folder `fonts` alone, whatever the machine has.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.boards import SETTLED
from tests.browser.conftest import ARGUMENTS, LAN, browser_path
from tests.browser.matrix.pages import HOST, Case
from tests.support import Stack

FONTS = Path(__file__).parent / "fonts"
FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Noto Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Noto Sans</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>Noto Sans Mono</family></prefer></alias>
</fontconfig>
"""
SAME_PIXELS = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"]
HEIGHTS = {320: 900, 390: 900, 768: 1024, 1280: 800, 1920: 1080}
TV_HEIGHTS = HEIGHTS | {1280: 720}
LOCALES = {"en": "en-GB", "ar": "ar-EG", "de": "de-DE"}
PLAYERS = {"guest": None, "named": "correct horse battery staple"}  # pages of an account, and its password
SIGN_UP = """async (password) => {
  const { Scoreboard } = await import("/sdk/scoreboard.js")
  const player = await new Scoreboard().player()
  await player.changeName("Ada Lovelace")
  const username = `ada-${navigator.language.toLowerCase()}`
  if (password) await player.register(username, password, { displayName: "Ada Lovelace" })
}"""
COMPACT = """(compact) => {
  if (compact) localStorage.setItem("scoreboard.compact", "on")
  else localStorage.removeItem("scoreboard.compact")
}"""
# An element that shows that a page is complete.
READY = {
    "past": "live-leaderboard:defined #badge[data-state=static]",
    "named": "#sessions li",
    "guest": "#sessions li",
    "play": "#badge[data-state=live]",
    "events": ".badge[data-state=live]",
    "builder": "#builder:not([hidden]) code:not(:empty)",
}
BOARDS = ("board", "compact", "embed", "tv", "overlay")


class Screen:
    """Opens the cells of the matrix. Cells of one language and one player share a page of the browser."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self.stack = stack
        self._pages: dict[tuple[str, str], Page] = {}

    def show(self, case: Case) -> Page:
        """The page of a case, once it is complete and at rest."""
        page = self._page(case.language, case.state if case.state in PLAYERS else "")
        fit(page, case)
        page.evaluate(COMPACT, case.page == "compact")
        page.goto(self._address(case))
        expect(page.locator(_ready(case)).first).to_be_attached()
        if case.page == "compact":
            expect(page.locator("#rows.podium")).to_have_count(0)
        if case.state == "builder":
            expect(page.frame_locator("iframe").locator("#badge[data-state=live]")).to_be_attached()
        page.evaluate(SETTLED)
        return page

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()

    def _address(self, case: Case) -> str:
        # A big screen has its QR code only at an address that phones can open.
        host = LAN if case.page == "tv" else "127.0.0.1"
        return self.stack.url.replace("127.0.0.1", host) + case.path

    def _page(self, language: str, player: str) -> Page:
        if (language, player) not in self._pages:
            context = self._browser.new_context(
                base_url=self.stack.url, locale=LOCALES[language], timezone_id="UTC", service_workers="block"
            )
            page = self._pages[language, player] = context.new_page()
            page.route("**/qr.svg*", _answer_with_stable_code)
            page.goto("/problems")
            if player:
                page.evaluate(SIGN_UP, PLAYERS[player])
        return self._pages[language, player]


def fit(page: Page, case: Case) -> None:
    """Give the page the width and the colour scheme of a case."""
    heights = TV_HEIGHTS if case.page == "tv" else HEIGHTS
    page.set_viewport_size({"width": case.width, "height": heights[case.width]})
    page.emulate_media(color_scheme=case.scheme, reduced_motion="reduce")


@contextmanager
def launched(browser: Browser, folder: Path) -> Iterator[Browser]:
    """Another browser of the same kind, which draws the same on every machine."""
    config = folder / "fonts.conf"
    config.write_text(FONT_CONFIG.format(fonts=FONTS, cache=folder / "fonts"))
    other = browser.browser_type.launch(
        executable_path=browser_path(),
        args=ARGUMENTS + SAME_PIXELS,
        env=os.environ | {"FONTCONFIG_FILE": str(config)},
    )
    yield other
    other.close()


def _answer_with_stable_code(route: Route) -> None:
    """Answer a request for a QR code with the code of an address that has no port of this run."""
    address = route.request.url.replace(LAN, "127.0.0.1")
    route.fulfill(response=route.fetch(url=address, headers={**route.request.headers, "host": HOST}))


def _ready(case: Case) -> str:
    live = "#badge[data-state=live]" if case.page in BOARDS else "html[data-scripts]"
    return READY.get(case.state, live) if case.page in (*BOARDS, "account", "docs", "start") else live
