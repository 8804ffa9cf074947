"""The matrix: every page in its states, in two colour schemes, three languages and up to five widths."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from tests.browser.matrix import pairs

SCHEMES = ("light", "dark")
LANGUAGES = ("en", "ar", "de")
WIDTHS = (320, 390, 768, 1280, 1920)
WIDTHS_OF = {"tv": (768, 1280, 1920), "overlay": (390, 768, 1280)}  # phones show neither
STATES = ("normal", "empty", "thousand", "long", "huge", "ties", "past")  # each is a board, see data.py
PAST = "2025-05"  # the period of the board "past"
SCREENSHOTS = 60
HOST = "127.0.0.1:8000"  # in texts and QR codes, in place of the host of the run


class Case(NamedTuple):
    """A cell of the matrix."""

    page: str
    state: str
    width: int
    language: str
    scheme: str

    @property
    def name(self) -> str:
        return "-".join(map(str, self))

    @property
    def path(self) -> str:
        return PATHS[self.page][self.state]


def _of_boards(path: str, *states: str) -> dict[str, str]:
    period = {"past": f"?period={PAST}"}
    return {state: path.format(state) + period.get(state, "") for state in states}


# The address of each page in each of its states.
PATHS = {
    "board": _of_boards("/b/{}", *STATES),
    "compact": _of_boards("/b/{}", "normal", "thousand", "long", "huge", "ties"),
    "embed": _of_boards("/embed/{}", "normal", "empty", "long", "huge", "past"),
    "tv": _of_boards("/b/{}/tv", *STATES),
    "overlay": _of_boards("/overlay/{}", "normal", "long", "huge"),
    "start": {"boards": "/boards", "play": "/play"},
    "player": {state: f"/p/{state}1" for state in ("normal", "long", "huge", "past")},
    "periods": {state: f"/b/{state}/periods" for state in ("empty", "long", "huge", "past")},
    "account": {"named": "/me", "guest": "/me", "sign-in": "/sign-in", "register": "/register"},
    "docs": {
        "guide": "/docs",
        "api": "/docs/api",
        "events": "/docs/events",
        "builder": "/docs/embed",
        "problems": "/problems",
        "problem": "/problems/rate-limited",
        "error": "/b/nope",
        "offline": "/offline",
    },
}
CASES = [
    Case(page, state, width, language, scheme)
    for scheme, page in product(SCHEMES, PATHS)
    for state, width, language in product(PATHS[page], WIDTHS_OF.get(page, WIDTHS), LANGUAGES)
]


def pairs_in(case: Case) -> pairs.Pairs:
    """The pairs of a case. A state that only one page has is combined with nothing but this page."""
    values = case._asdict()
    state = values.pop("state")
    shared = {"state": state} if state in STATES else {}
    return pairs.pairs_of(values | shared) | {frozenset({("page", case.page), ("state", state)})}


def screenshot_cases() -> list[Case]:
    """The cases of which screenshots are compared."""
    return pairs.choose(CASES, pairs_in, SCREENSHOTS)
