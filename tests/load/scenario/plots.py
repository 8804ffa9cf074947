"""Lines over time, as SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 260, 60, 24, 12
COLOURS = (
    "#3b82f6",
    "#f59e0b",
    "#10b981",
    "#a855f7",
)  # distinguishable in light and dark, also for most colour-blind people
TICKS = 4
LONG_SECONDS = 300  # from here on an axis has minutes, and from 60 times that on hours


@dataclass(frozen=True)
class Line:
    """Values over time: pairs of seconds and a value in the unit of the plot's title."""

    name: str
    points: Sequence[tuple[float, float]]


def plot(title: str, lines: Sequence[Line], *, seconds: float, limit: float | None = None) -> str:
    """A figure with an axis of `seconds`. A limit is a dashed line."""
    content = drawing(lines, seconds=seconds, limit=limit)
    if not content:
        return ""
    legend = " · ".join(
        f'<span style="color:{colour}">■</span> {escape(line.name)}'
        for line, colour in zip(lines, COLOURS, strict=False)
    )
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{content}</svg>'
    return f"<figure><figcaption><b>{escape(title)}</b> {legend}</figcaption>{svg}</figure>"


def drawing(lines: Sequence[Line], *, seconds: float, limit: float | None = None) -> str:
    """The content of a figure's SVG; "" without values."""
    values = [value for line in lines for _, value in line.points]
    if not values:
        return ""
    most = _round(max([*values, limit or 0.0]))
    parts = [_scale(seconds, most)]
    if limit is not None:
        y = _y(limit, most)
        parts.append(f'<path d="M{LEFT},{y}H{WIDTH}" stroke="#ef4444" stroke-dasharray="6 4"/>')
    for line, colour in zip(lines, COLOURS, strict=False):
        parts.append(f'<path d="{_path(line, seconds, most)}" stroke="{colour}"/>')
    return "".join(parts)


def _path(line: Line, seconds: float, most: float) -> str:
    return "M" + "L".join(f"{_x(at, seconds)},{_y(value, most)}" for at, value in line.points)


def _scale(seconds: float, most: float) -> str:
    parts = []
    for number in range(TICKS + 1):
        part = number / TICKS
        x, y = _x(part * seconds, seconds), _y(part * most, most)
        parts.append(f'<path d="M{LEFT},{y}H{WIDTH}" stroke="#8884" stroke-width="1"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{part * most:,.4g}</text>')
        anchor = "end" if number == TICKS else "middle"
        parts.append(
            f'<text x="{x}" y="{HEIGHT - 4}" text-anchor="{anchor}">{_time(part * seconds, seconds)}</text>'
        )
    return "".join(parts)


def _time(at: float, whole: float) -> str:
    """A time on an axis of `whole` seconds, in the unit that suits it."""
    if whole < LONG_SECONDS:
        return f"{at:.0f} s"
    return f"{at / 60:.3g} min" if whole < 60 * LONG_SECONDS else f"{at / 3600:.3g} h"


def _x(at: float, seconds: float) -> float:
    return round(LEFT + (WIDTH - LEFT) * at / seconds, 1)


def _y(value: float, most: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most), 1)


def _round(most: float) -> float:
    """The next number that is easy to read."""
    step = 1.0
    while step * 10 < most:
        step *= 10
    return next((times * step for times in (1, 2, 4, 5, 8, 10) if times * step >= most), most) or 1.0
