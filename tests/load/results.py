"""The results of the bench: stored in docs/performance.json, and rendered in docs/performance.md."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.load import report
from tests.load.measure import Row
from tests.support import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: what follows is written by `make bench BENCH=--write` -->", "<!-- /bench -->"
TITLES = {
    "batch": "Batches of scores",
    "single": "Single scores",
    "actions": "Actions",
    "reads": "Reads",
    "streams": "Streams",
    "freshness": "From a score to the viewers",
    "start": "Start",
}
LINE = 120  # as all pages are wrapped
ABOVE = ("stage", "on")  # in the text above a table


def write(page: Path, rows: Sequence[Row], order: Sequence[str], *, options: str) -> None:
    """Store the rows, and render them in the page. Stages that were not measured now keep their earlier rows.

    Raises ValueError if the page has no part for them.
    """
    before, begun, rest = page.read_text("utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"{page} has no lines {BEGIN!r} and {END!r}")
    measured = {row.stage for row in rows}
    others = [row for row in read(page) if row.stage not in measured]
    ordered = sorted([*others, *rows], key=lambda row: order.index(row.stage))
    data = {
        "machine": f"{report.machine()} Options: {options}.",
        "rows": [without_empty(row) for row in ordered],
    }
    data_file(page).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    page.write_text(before + render(page) + after, "utf-8")


def read(page: Path) -> list[Row]:
    """The rows that were measured before."""
    return [Row(**row) for row in _data(page)["rows"]]


def render(page: Path) -> str:
    """The part of the page that the bench writes, with its marks."""
    rows = read(page)
    stages = dict.fromkeys(row.stage for row in rows)
    tables = [section(stage, [row for row in rows if row.stage == stage]) for stage in stages]
    machine = textwrap.fill(_data(page)["machine"], LINE, break_long_words=False, break_on_hyphens=False)
    return "\n\n".join([BEGIN, machine, *tables, END])


def section(stage: str, rows: Sequence[Row]) -> str:
    """A heading, the time of the measurement, and the rows with the columns that any of them fills."""
    times = ", ".join(dict.fromkeys(row.on for row in rows if row.on))
    names = [name for name in report.COLUMNS if name not in ABOVE and any(getattr(row, name) for row in rows)]
    heading = f"### {TITLES[stage]}" + (f"\n\nMeasured at (and load): {times}." if times else "")
    return f"{heading}\n\n{report.table(rows, names, aligned=False)}"


def without_empty(row: Row) -> dict[str, str]:
    """A row without its empty fields."""
    return {name: value for name, value in asdict(row).items() if value}


def data_file(page: Path) -> Path:
    """The file with a page's rows."""
    return page.with_suffix(".json")


def _data(page: Path) -> Any:
    file = data_file(page)
    return json.loads(file.read_text("utf-8")) if file.exists() else {"machine": "", "rows": []}
