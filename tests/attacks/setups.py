"""The four set-ups: each value of each of three choices meets each value of the others once."""

from __future__ import annotations

# Database, number of web processes, fast lane.
SETUPS = {
    "sqlite-1-lane": ("sqlite", 1, "on"),
    "sqlite-2-gunicorn": ("sqlite", 2, "off"),
    "postgresql-1-gunicorn": ("postgresql", 1, "off"),
    "postgresql-2-lane": ("postgresql", 2, "on"),
}
