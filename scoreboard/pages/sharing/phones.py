"""The address in a QR code: phones can't reach this machine by its loopback address."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

from scoreboard.core.concurrency.processes import is_served
from scoreboard.core.http.parts import parts
from scoreboard.core.listening import netloc
from scoreboard.core.network import lan_address
from scoreboard.pages import rendering

log = logging.getLogger(__name__)


def phone_address(address: str) -> str:
    """An absolute link as phones can open it; "" for a link to this machine only.

    Under `serve` on all addresses, a link to this machine becomes a link to its address in the local network.
    """
    found = urlsplit(address)
    if not _is_this_machine(found.hostname or ""):
        return address
    settings = parts().base.settings
    lan = lan_address(settings.host) if is_served(settings.data_dir) else ""
    return found._replace(netloc=netloc(lan, settings.port)).geturl() if lan else ""


def log_missing_code() -> None:
    """Tell the operator, once in each process, why a big screen has no QR code."""
    rendering.once_per_app("missing_code_logged", _log_missing_code)


def _log_missing_code() -> bool:
    log.warning(
        "The big screen shows no QR code: it was opened at an address that phones can't reach."
        " Set PUBLIC_URL, or start with HOST=0.0.0.0 so that others in this network reach the server."
    )
    return True


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
