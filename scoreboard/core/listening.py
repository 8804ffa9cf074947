"""Listening addresses: valid values of HOST, and how links contain them. Pure."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

THIS_MACHINE, THIS_MACHINE_6 = "127.0.0.1", "::1"
EVERYWHERE = {"0.0.0.0": THIS_MACHINE, "::": THIS_MACHINE_6}  # the address of a server on all addresses
# HOST as conda and compilers export it: x86_64-conda-linux-gnu, aarch64-conda_cos7-linux-gnu.
MACHINE_TYPE = re.compile(
    r"[a-z0-9_]+-[a-z0-9_]+-(?:linux|darwin|freebsd|mingw|windows)[a-z0-9_.]*(?:-[a-z0-9_]+)?"
)


def normal(host: str) -> str:
    """An address in its normal form: [::1] and 0:0:0:0:0:0:0:1 are ::1. A name stays unchanged."""
    bare = host.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        return host.strip()


def complaint(host: str) -> str:
    """The error for a HOST that is valid on no machine; "" for others."""
    if MACHINE_TYPE.fullmatch(host.lower()):
        return (
            f"HOST={host} can't be used, it is a machine type, not an address: conda and compilers export"
            f" HOST for their own purposes, so set HOST={THIS_MACHINE} for this machine only, or unset it"
        )
    if re.search(r"[\s/@\[\]]", host) or (":" in host and not _is_address6(host)):
        return (
            f"HOST={host} can't be used, it is not an address: set HOST to an address without a port, such as"
            f" {THIS_MACHINE}, 0.0.0.0 or ::, and PORT to the port"
        )
    return ""


def netloc(host: str, port: int) -> str:
    """An address and a port, as in a link."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def bind_addresses(host: str, port: int, *, apart: bool) -> list[str]:
    """The addresses to bind. `apart`: a socket on all IPv6 addresses gets no IPv4 connections here."""
    both = ["0.0.0.0", "::"] if host == "::" and apart else [host]
    return [netloc(one, port) for one in both]


def reachable_address(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return EVERYWHERE.get(host, host)


def _is_address6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False
