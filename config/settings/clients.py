"""Settings of clients: the proxies that they come through, their connections and their origins."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings.checks import at_least
from config.settings.row import Given, setting
from config.settings.urls import is_origin, split_list


def _origins(given: Given) -> str:
    bad = [origin for origin in split_list(given.value.lower()) if not is_origin(origin)]
    return given.must("name origins as https://game.example", instead_of=bad[0]) if bad else ""


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """Rows of the table."""

    trusted_proxy_hops: int = setting(
        "TRUSTED_PROXY_HOPS",
        0,
        "Proxies that every request comes through; with 0 no forwarded address is trusted.",
        check=at_least(0),
    )
    keep_alive_seconds: int = setting(
        "KEEP_ALIVE_SECONDS",
        75,
        "How long an idle connection is kept; longer than a proxy in front keeps its own. 0 keeps none.",
        check=at_least(0),
    )
    max_connections_per_address: int = setting(
        "MAX_CONNECTIONS_PER_ADDRESS",
        256,
        "Connections of one address in one web process, without its streams; 0 is any number."
        " Not counted behind proxies, nor for STREAM_FREE_ADDRESSES.",
        check=at_least(0),
    )
    allowed_origins: str = setting(
        "ALLOWED_ORIGINS",
        "",
        "Origins whose pages may write, separated by commas; any origin may read.",
        check=_origins,
    )

    @property
    def connections_of_an_address(self) -> int:
        """The number of connections that an address may have; 0 is any number, as behind a proxy."""
        return 0 if self.trusted_proxy_hops else self.max_connections_per_address

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may write."""
        return tuple(split_list(self.allowed_origins.lower()))
