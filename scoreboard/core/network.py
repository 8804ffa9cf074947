"""The address of this machine in its local network."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from scoreboard.core.listening import EVERYWHERE

# An address for documentation (RFC 5737). Nothing is sent there: a socket for datagrams only asks the system
# which of its own addresses it would use.
OUTSIDE = ("192.0.2.1", 9)


def lan_address(host: str) -> str:
    """The address by which others in the network reach a server that listens on `host`.

    "" for a server that does not listen on all addresses, and without a network.
    """
    if host not in EVERYWHERE:
        return ""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(OUTSIDE)
            found = str(probe.getsockname()[0])
    except OSError:
        return ""
    address = ip_address(found)
    return "" if address.is_loopback or address.is_unspecified else found
