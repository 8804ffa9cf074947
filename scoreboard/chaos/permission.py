"""Permission to inject faults: only under `serve`, and only if no other machine can reach the server."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from scoreboard.chaos import notation
from scoreboard.core.concurrency.processes import is_served


class ChaosError(ValueError):
    """SCOREBOARD_CHAOS can't be read, or faults may not be injected here. The message has the reason."""


class Start(Protocol):
    """The settings that the permission depends on."""

    @property
    def chaos(self) -> str: ...  # noqa: D102
    @property
    def listens_on(self) -> str: ...  # noqa: D102
    @property
    def trusted_proxy_hops(self) -> int: ...  # noqa: D102
    @property
    def data_dir(self) -> Path: ...  # noqa: D102


def permitted_plan(start: Start) -> notation.Plan | None:
    """The faults to inject; None for no faults. Raises ChaosError if this may be production."""
    if not start.chaos:
        return None
    try:
        plan = notation.parse(start.chaos)
    except ValueError as error:
        raise ChaosError(f"SCOREBOARD_CHAOS: {error}") from error
    if reason := _refusal(start):
        raise ChaosError(f"SCOREBOARD_CHAOS is for development, not for production: {reason}")
    return plan


def is_loopback(host: str) -> bool:
    """True if only this machine can reach a server that listens on this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(start: Start) -> str:
    host, hops = start.listens_on, start.trusted_proxy_hops
    if not is_served(start.data_dir):
        return "it works under `python -m scoreboard serve` (make run) only"
    if not is_loopback(host):
        return f"other machines can reach HOST={host}: set HOST=127.0.0.1"
    if hops:
        return f"TRUSTED_PROXY_HOPS={hops} means that others come through a proxy"
    return ""
