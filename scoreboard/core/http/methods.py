"""Methods of HTTP, by their meaning."""

from __future__ import annotations

READS = ("GET", "HEAD", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
