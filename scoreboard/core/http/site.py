"""The public address of this server, from PUBLIC_URL. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address

HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\s:@/\[\]]+?)\.?)(?::[0-9]*)?", re.IGNORECASE)


class Site:
    """A server's public address. Without one, every host of a request is accepted."""

    def __init__(self, public_url: str) -> None:
        self.url = public_url.rstrip("/")
        self.netloc = self.url.partition("://")[2].partition("/")[0].lower()
        self.secure = self.url.startswith("https:")
        self._name = hostname(self.netloc)

    def trusts(self, host: str) -> bool:
        """True if requests for this host are meant for this server.

        Loopback names are trusted too: no link repeats them, and no page of another site has them.
        """
        if not self.url or host == self.netloc:
            return True
        name = hostname(host)
        return name == self._name or _is_this_machine(name)

    def owns(self, origin: str, host: str) -> bool:
        """True if a page of this origin is this server's. `host` is the request's host.

        Ports are not compared: proxies leave them out of the Host header.
        """
        name = hostname(origin.partition("://")[2])
        return bool(name) and name in (self._name, hostname(host))


def hostname(host: str) -> str:
    """The name or address in a Host header, without the port; "" for a malformed one."""
    match = HOST.fullmatch(host)
    return (match["six"] or match["name"]).lower() if match else ""


def _is_this_machine(name: str) -> bool:
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
