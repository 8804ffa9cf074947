"""The four set-ups: of three choices, every pair of values occurs once."""

from __future__ import annotations

# Database, number of web processes, fast path.
SETUPS = {
    "sqlite-1-fast": ("sqlite", 1, "on"),
    "sqlite-2-gunicorn": ("sqlite", 2, "off"),
    "postgresql-1-gunicorn": ("postgresql", 1, "off"),
    "postgresql-2-fast": ("postgresql", 2, "on"),
}
