"""Whose address a request has, whatever lies between him and us."""

from __future__ import annotations

import functools
import ipaddress
import logging
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

log = logging.getLogger(__name__)

UNKNOWN = "unknown"  # a caller without an address, as on a Unix socket
PORT = re.compile(r"^(?:\[(?P<six>[^\]]*)\]|(?P<four>[0-9.]+))(?::[0-9]+)?\Z")
SCHEMES = re.compile(r"(?i:https?)(?: *, *(?i:https?))*")
KEPT = 4096  # addresses that a process remembers the networks of
HOST6_BITS = 64  # a household gets so many addresses or more: they count as one
SITE6_PREFIX = 48  # what one customer may be given: 65,536 such networks
SITE_TIMES = 16  # a site is allowed so many times as much as one network


@dataclass(kw_only=True)
class Addresses:
    """Reads callers' addresses, through exactly as many proxies as are trusted."""

    hops: int
    _warned: bool = False

    def through(self, wsgi_app: Any) -> Any:
        """The application behind the trusted proxies. The host is never taken from a header."""
        if not self.hops:
            return wsgi_app
        behind = ProxyFix(wsgi_app, x_for=self.hops, x_proto=self.hops)

        def call(environ: dict[str, Any], start_response: Any) -> Any:
            _check_scheme(environ)
            return behind(environ, start_response)

        return call

    def of(self, environ: dict[str, Any]) -> str:
        """A request's network: an IPv4 address, or the first half of an IPv6 address. Never empty."""
        if not self.hops and "HTTP_X_FORWARDED_FOR" in environ:
            self._warn()
        told = network(environ.get("REMOTE_ADDR"))
        # Whatever a proxy wrote that is no address: then the one that it called from.
        peer = environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
        return told or network(peer) or UNKNOWN

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            log.warning("X-Forwarded-For comes in and is not trusted: behind a proxy set TRUSTED_PROXY_HOPS")


def _check_scheme(environ: dict[str, Any]) -> None:
    """Drop X-Forwarded-Proto where it names another scheme: links begin with it."""
    told = environ.get("HTTP_X_FORWARDED_PROTO")
    if told and not SCHEMES.fullmatch(told):
        del environ["HTTP_X_FORWARDED_PROTO"]


@functools.lru_cache(maxsize=KEPT)
def network(text: str | None) -> str:
    """The network that an address counts as, "" where the text is none. A port behind it is left out."""
    match = PORT.match(text or "")
    bare = (match["six"] or match["four"] if match else text) or ""
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{ipaddress.IPv6Address(int(address) >> HOST6_BITS << HOST6_BITS)}/{128 - HOST6_BITS}"
    return str(address)


@functools.lru_cache(maxsize=KEPT)
def site(network: str) -> str:
    """The site that an IPv6 network belongs to, which may hold many of them; "" for whatever else."""
    if ":" not in network:
        return ""
    return str(ipaddress.IPv6Network(network).supernet(new_prefix=SITE6_PREFIX))
