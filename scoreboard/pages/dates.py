"""Periods as dates in each language: the days of a week say more than "2026-W49". Pure.

Browsers have these names (Intl.DateTimeFormat), Python has not; a test compares them. js/board/period-name.js
names the periods that begin while a page is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
TICK = "%Y%m%dT%H%MZ"  # of a cron expression


class DateStyle(NamedTuple):
    """The patterns by which a language writes a day, with its year and without, and a month."""

    months: str  # names, or numbers, between spaces
    day: str = "{day} {month}"
    day_of_year: str = "{day} {month} {year}"
    month_of_year: str = "{month} {year}"


EAST_ASIAN = DateStyle(
    "1 2 3 4 5 6 7 8 9 10 11 12", "{month}月{day}日", "{year}年{month}月{day}日", "{year}年{month}月"
)
STYLES: Mapping[str, DateStyle] = {
    "en": DateStyle("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
    "de": DateStyle(
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
        "{day}. {month}",
        "{day}. {month} {year}",
    ),
    "es": DateStyle("ene feb mar abr may jun jul ago sept oct nov dic"),
    "fr": DateStyle("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    "pt-BR": DateStyle(
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
        "{day} de {month}",
        "{day} de {month} de {year}",
        "{month} de {year}",
    ),
    "ja": EAST_ASIAN,
    "zh-Hans": EAST_ASIAN,
    "hi": DateStyle("जन॰ फ़र॰ मार्च अप्रैल मई जून जुल॰ अग॰ सित॰ अक्टू॰ नव॰ दिस॰"),
    "ar": DateStyle("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
}


def period_text(id: str, language: str, *, this_year: int) -> str:
    """The dates of a period other than "all". Days of other years than this one have their year."""
    style = STYLES[language]
    if found := WEEK.match(id):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return _days([monday, monday + timedelta(days=6)], style, this_year)
    if found := MONTH.match(id):
        return _fill(style.month_of_year, date(int(found[1]), int(found[2]), 1), style)
    if id.endswith("Z"):
        tick = datetime.strptime(id, TICK).replace(tzinfo=UTC)
        return f"{_days([tick.date()], style, this_year)} · {tick:%H:%M} UTC"
    return _days([date.fromisoformat(id)], style, this_year)


def _days(days: list[date], style: DateStyle, this_year: int) -> str:
    pattern = style.day if all(day.year == this_year for day in days) else style.day_of_year
    return " \N{EN DASH} ".join(_fill(pattern, day, style) for day in days)


def _fill(pattern: str, day: date, style: DateStyle) -> str:
    return pattern.format(day=day.day, month=style.months.split()[day.month - 1], year=day.year)
