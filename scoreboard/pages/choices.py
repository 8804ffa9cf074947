"""The periods and regions that a board's page offers, as links or, if they need much room, as menus."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from scoreboard.boards.types import Board, Period
from scoreboard.core.http.parts import parts
from scoreboard.pages import rendering, view

ROOM = 50  # characters of links that stand in one line with the other controls, in any of the languages
PADDING = 2  # characters beside each link


class Link(NamedTuple):
    """A period or a region."""

    text: str
    address: str
    is_chosen: bool


class Group(NamedTuple):
    """The periods or the regions of a board."""

    label: str
    links: Sequence[Link]
    chosen: str  # the text of the one that is shown, which may be none of the links


class Shown(NamedTuple):
    """The rows that a page shows."""

    board: Board
    period: Period
    period_param: str
    region: str


def groups(shown: Shown, address_of: Callable[[str, str], str]) -> list[Group]:
    """The groups of which there is more than one to choose from.

    `address_of` gives the address of the page for a value of `?period=` and a region.
    """
    found = [_periods(shown, address_of), _regions(shown, address_of)]
    return [group for group in found if len(group.links) > 1]


def need_menus(found: Iterable[Group]) -> bool:
    """True if the links of these groups don't stand in one line with the other controls."""
    return sum(_width(link.text) + PADDING for group in found for link in group.links) > ROOM


def _periods(shown: Shown, address_of: Callable[[str, str], str]) -> Group:
    links = [
        Link(
            rendering.say(choice.key) if choice.key else choice.period,
            address_of(choice.period, shown.region),
            parts().boards.service.period(shown.board, choice.period) == shown.period,
        )
        for choice in view.choices(shown.board)
    ]
    chosen = _chosen(links) or rendering.period_name(shown.period)
    return Group(rendering.say("board.period"), links, chosen)


def _regions(shown: Shown, address_of: Callable[[str, str], str]) -> Group:
    titles: dict[str, str] = {"": rendering.say("board.allRegions")}
    titles |= {id: view.region_name(shown.board, id) for id in shown.board.definition.regions}
    links = [
        Link(title, address_of(shown.period_param, id), id == shown.region) for id, title in titles.items()
    ]
    return Group(rendering.say("board.region"), links, _chosen(links))


def _chosen(links: Iterable[Link]) -> str:
    return next((link.text for link in links if link.is_chosen), "")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
