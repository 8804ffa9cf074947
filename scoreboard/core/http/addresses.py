"""Addresses of callers, also behind proxies."""

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
CACHE_SIZE = 4096  # addresses whose networks a process remembers
HOST6_BITS = 64  # the host part of an IPv6 address: a household has a whole such network, which counts as one
SITE6_PREFIX = 48  # one customer may have 65,536 networks
SITE_TIMES = 16  # how many times as much a site is allowed as a network


@dataclass(kw_only=True)
class Addresses:
    """Reads callers' addresses, through exactly as many proxies as are trusted."""

    hops: int
    _warned: bool = False

    def through(self, wsgi_app: Any) -> Any:
        """The application behind the trusted proxies. No forwarded header changes the host."""
        if not self.hops:
            return wsgi_app
        behind = ProxyFix(wsgi_app, x_for=self.hops, x_proto=self.hops)

        def call(environ: dict[str, Any], start_response: Any) -> Any:
            _check_scheme(environ)
            return behind(environ, start_response)

        return call

    def of(self, environ: dict[str, Any]) -> str:
        """A request's network: an IPv4 address, or an IPv6 network of 64 bits. Never empty."""
        if not self.hops and "HTTP_X_FORWARDED_FOR" in environ:
            self._warn()
        client = network(environ.get("REMOTE_ADDR"))
        # A proxy may write something that is not an address: then the proxy's own address counts.
        peer = environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
        return client or network(peer) or UNKNOWN

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            log.warning("X-Forwarded-For is sent but not trusted: behind a proxy, set TRUSTED_PROXY_HOPS")


def _check_scheme(environ: dict[str, Any]) -> None:
    """Drop an X-Forwarded-Proto that is neither http nor https: links would begin with it."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO")
    if scheme and not SCHEMES.fullmatch(scheme):
        del environ["HTTP_X_FORWARDED_PROTO"]


@functools.lru_cache(maxsize=CACHE_SIZE)
def network(text: str | None) -> str:
    """The network that an address counts as; "" for another text. A port is ignored."""
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


@functools.lru_cache(maxsize=CACHE_SIZE)
def site(network: str) -> str:
    """The site of an IPv6 network, which may have many of them; "" for others."""
    if ":" not in network:
        return ""
    return str(ipaddress.IPv6Network(network).supernet(new_prefix=SITE6_PREFIX))
