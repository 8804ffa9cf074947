"""Settings of streams."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from config.settings.checks import at_least, one_of
from config.settings.row import Given, setting
from config.settings.urls import split_list
from scoreboard.core.concurrency.processes import open_files_limit

EDGE_KEY_CHARACTERS = 32
DESCRIPTORS_SPARED = 200  # for connections, databases and logs


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(part) for part in split_list(text)]


def _free_addresses(given: Given) -> str:
    try:
        _networks(given.value)
    except ValueError as error:
        return f"{given.must('list networks such as 10.0.0.0/8')}: {error}"
    return ""


def _edge_has_a_key(given: Given) -> str:
    if len(given.settings.stream_edge_key) >= EDGE_KEY_CHARACTERS:
        return ""
    return f"STREAM_EDGE_KEY must have at least {EDGE_KEY_CHARACTERS} characters if STREAM_EDGE_URL is set"


@dataclass(frozen=True, kw_only=True)
class StreamSettings:
    """Rows of the table."""

    stream_tick_ms: int = setting(
        "STREAM_TICK_MS",
        250,
        "Shortest time between two frames of one board, in milliseconds.",
        check=at_least(1),
    )
    stream_heartbeat_seconds: int = setting(
        "STREAM_HEARTBEAT_SECONDS",
        15,
        "How often a stream without frames sends a sign of life.",
        check=at_least(1),
    )
    stream_max_age_seconds: int = setting(
        "STREAM_MAX_AGE_SECONDS",
        600,
        "A stream is asked to reconnect after about this long.",
        check=at_least(1),
    )
    stream_max_open: int = setting(
        "STREAM_MAX_OPEN", 5000, "Open streams that one web process accepts.", check=at_least(1)
    )
    stream_max_per_address: int = setting(
        "STREAM_MAX_PER_ADDRESS",
        100,
        "Open streams of one address in one web process; three times as many for viewers with tickets.",
        check=at_least(1),
    )
    stream_max_per_player: int = setting(
        "STREAM_MAX_PER_PLAYER", 10, "Open streams of one player, in one web process.", check=at_least(1)
    )
    stream_free_addresses: str = setting(
        "STREAM_FREE_ADDRESSES",
        "127.0.0.1/32,::1/128",
        "Networks whose streams are not counted by address, such as a proxy or a school.",
        check=_free_addresses,
    )
    stream_mode: str = setting(
        "STREAM_MODE",
        "auto",
        "auto, handover (sockets are taken from gunicorn) or generator (a greenlet for each stream).",
        check=one_of("auto", "handover", "generator"),
    )
    stream_origins: str = setting(
        "STREAM_ORIGINS", "*", "Origins whose pages may open WebSockets, separated by commas; * is any."
    )
    stream_edge_url: str = setting(
        "STREAM_EDGE_URL",
        "",
        "Control port of a Pushpin in front, such as http://127.0.0.1:5561.",
        check=_edge_has_a_key,
    )
    stream_edge_key: str = setting(
        "STREAM_EDGE_KEY", "", "The sig_key of that Pushpin, 32 characters or more.", secret=True
    )
    stream_region_header: str = setting(
        "STREAM_REGION_HEADER",
        "",
        "A header in which a proxy that you trust names a viewer's region, for region=auto.",
    )

    @property
    def free_networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks whose streams are not counted by address. Raises ValueError."""
        return _networks(self.stream_free_addresses)

    @property
    def stream_places(self) -> int:
        """Streams that a process can hold: each needs a file descriptor, and other things need some."""
        needed = 2 if self.stream_mode == "generator" else 1  # the server's own, and one to watch it
        free = open_files_limit() - DESCRIPTORS_SPARED
        return max(1, min(self.stream_max_open, free // needed))
