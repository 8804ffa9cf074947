"""Where chaos may be made: by `serve`, and where nobody else can come."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from scoreboard.core.concurrency.processes import served


def complaint(host: str, *, hops: int, data_dir: Path) -> str:
    """Why chaos may not be made here; "" where it may. `hops` are the proxies that lead here."""
    if not served(data_dir):
        return "it works under `python -m scoreboard serve` (make run) only"
    if not loopback(host):
        return f"others can come to HOST={host}: set HOST=127.0.0.1"
    if hops:
        return f"TRUSTED_PROXY_HOPS={hops} says that others come through a proxy"
    return ""


def loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
