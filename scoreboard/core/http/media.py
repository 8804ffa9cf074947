"""Media types of answers."""

from __future__ import annotations

JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html"
