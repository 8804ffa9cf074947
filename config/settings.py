"""Every setting of the product: one table, read from the environment once, at start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from limits import parse_many

from scoreboard.chaos import notation, permission
from scoreboard.core import listening
from scoreboard.core.concurrency.processes import files_allowed
from scoreboard.core.tcp import families_apart

ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#@,*\s]+\Z")
PUBLIC = re.compile(
    r"^https?://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~-]+)*/?\Z"
)
BASE = re.compile(r"^(?:/[A-Za-z0-9._~-]+)*/?\Z")
DOTS = {".", ".."}  # browsers take these off a path before they ask
MOST = 10**9  # times, and seconds: nobody needs more, and Redis can count it
DESCRIPTORS_SPARED = 200
ZERO_ALLOWED = (
    "port",
    "trusted_proxy_hops",
    "guest_days",
    "keep_alive_seconds",
    "max_connections_per_address",
)
STREAM_MODES = ("auto", "handover", "generator")
# What HOST is without a value: under `serve`, and elsewhere.
LOOPBACK, ALL_ADDRESSES = listening.THIS_MACHINE, "0.0.0.0"


class SettingError(ValueError):
    """One or more settings have a value that can't be used. The message names each of them."""


def setting(name: str, default: Any, help: str, secret: bool = False, empty: bool = False) -> Any:
    """One row of the table: the environment variable, its default, and what it is for.

    An empty value counts as absent, unless `empty` says that it is one.
    """
    metadata = {"name": name, "help": help, "secret": secret, "empty": empty}
    return field(default=default, metadata=metadata)


def limit(name: str, default: str, help: str) -> Any:
    """A row that says how often something may happen, as in 600/minute. Empty means without limit."""
    return setting(name, default, help, empty=True)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values of one start."""

    host: str = setting(
        "HOST",
        "",
        "Address to listen on; :: is IPv6 and IPv4. Empty means 127.0.0.1 for `make run`, 0.0.0.0 otherwise.",
    )
    port: int = setting("PORT", 8000, "Port that the web server listens on.")
    public_url: str = setting(
        "PUBLIC_URL",
        "",
        "Address that others use, as https://scores.example: links begin with it, other hosts are refused.",
    )
    base_path: str = setting(
        "BASE_PATH",
        "",
        "Path that the whole server is below, as /scores; empty means the path of PUBLIC_URL.",
    )
    web_concurrency: int = setting("WEB_CONCURRENCY", 1, "Number of web processes.")
    data_dir: Path = setting("DATA_DIR", Path("var"), "Folder for SQLite files and local state.")
    database_url: str = setting(
        "DATABASE_URL",
        "",
        "postgresql://… or sqlite:///file; empty means scoreboard.db in DATA_DIR.",
        secret=True,
    )
    audit_database_url: str = setting(
        "AUDIT_DATABASE_URL",
        "",
        "Where the audit log lives, a database of its own; empty means audit.db in DATA_DIR.",
        secret=True,
    )
    redis_url: str = setting(
        "REDIS_URL", "redis://127.0.0.1:6379/0", "Redis for boards and streams.", secret=True
    )
    queue_redis_url: str = setting(
        "QUEUE_REDIS_URL",
        "",
        "Redis for the worker's queues; empty means REDIS_URL.",
        secret=True,
    )
    follower_processes: int = setting(
        "FOLLOWER_PROCESSES", 2, "Processes of the worker that all followers share; no more than followers."
    )
    redis_tls_verify: str = setting(
        "REDIS_TLS_VERIFY",
        "on",
        "on: the certificate behind rediss:// must be good. off: any is taken, as hosts sign their own.",
    )
    redis_ca_file: str = setting(
        "REDIS_CA_FILE", "", "File of the authority that signs the certificate behind rediss://."
    )
    secret_key: str = setting(
        "SECRET_KEY",
        "",
        "At least 32 random characters; `make run` makes one. Keys what must stay private.",
        secret=True,
    )
    secret_key_fallbacks: str = setting(
        "SECRET_KEY_FALLBACKS",
        "",
        "Earlier values of SECRET_KEY, comma-separated: what was sealed under them can still be opened.",
        secret=True,
    )
    key_rotation_seconds: int = setting(
        "KEY_ROTATION_SECONDS", 86_400, "How often the key ring gets a new key."
    )
    key_publish_seconds: int = setting(
        "KEY_PUBLISH_SECONDS", 300, "How long every process knows a new key before it is used."
    )
    session_max_age_days: int = setting(
        "SESSION_MAX_AGE_DAYS", 365, "Days after which players sign in again, however busy; never guests."
    )
    bootstrap_key: str = setting(
        "SCOREBOARD_BOOTSTRAP_KEY",
        "",
        "Registered at start as a server key with every scope (16 characters or more).",
        secret=True,
    )
    boards_file: Path = setting(
        "BOARDS_FILE", Path("config/boards.toml"), "Boards that exist from the first start."
    )
    actions_file: Path = setting(
        "ACTIONS_FILE", Path("config/actions.toml"), "Action types that exist from the first start."
    )
    guest_days: int = setting(
        "GUEST_DAYS",
        30,
        "Guests without scores are deleted so many days after they were last used; 0 keeps them.",
    )
    demo_action: str = setting(
        "DEMO_ACTION",
        "play-round",
        "The action type that visitors of a board's page may play, where it exists and feeds that board.",
    )
    default_board: str = setting("DEFAULT_BOARD", "main", "The board at / and /v1/leaderboard.")
    service_worker: str = setting(
        "SERVICE_WORKER",
        "on",
        "on: browsers keep boards for when there is no network. off: those that did, forget them.",
    )
    chaos: str = setting(
        "SCOREBOARD_CHAOS",
        "",
        "Trouble to try out, as seed=7,kill=0.01,latency=0.2:0-500,database=0.05:0-1000. Not in production.",
    )
    log_level: str = setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")
    sqlite_synchronous: str = setting(
        "SQLITE_SYNCHRONOUS",
        "FULL",
        "FULL survives a power cut; NORMAL may lose the last commits, and is faster.",
    )
    fast_lane: str = setting(
        "FAST_LANE",
        "on",
        "on: web processes read plain requests themselves. off: gunicorn reads all of them, at more cost.",
    )
    stream_tick_ms: int = setting(
        "STREAM_TICK_MS", 250, "Least time between two frames of one board, in milliseconds."
    )
    stream_heartbeat_seconds: int = setting(
        "STREAM_HEARTBEAT_SECONDS", 15, "How often a quiet stream says that it is alive."
    )
    stream_max_age_seconds: int = setting(
        "STREAM_MAX_AGE_SECONDS", 600, "A stream is asked to reconnect after about this long."
    )
    stream_max_open: int = setting("STREAM_MAX_OPEN", 5000, "Open streams that one web process takes.")
    stream_max_per_address: int = setting(
        "STREAM_MAX_PER_ADDRESS",
        100,
        "Open streams of one address in one web process; three times as many for those who have tickets.",
    )
    stream_max_per_player: int = setting(
        "STREAM_MAX_PER_PLAYER", 10, "Open streams of one player, in one web process."
    )
    stream_free_addresses: str = setting(
        "STREAM_FREE_ADDRESSES",
        "127.0.0.1/32,::1/128",
        "Networks whose streams are not counted by address, such as a proxy or a school.",
    )
    stream_mode: str = setting(
        "STREAM_MODE",
        "auto",
        "auto, handover (sockets are taken from gunicorn) or generator (a greenlet for each stream).",
    )
    stream_origins: str = setting(
        "STREAM_ORIGINS", "*", "Origins whose pages may open WebSockets, separated by commas; * is any."
    )
    stream_edge_url: str = setting(
        "STREAM_EDGE_URL", "", "Control port of a Pushpin in front, such as http://127.0.0.1:5561."
    )
    stream_edge_key: str = setting(
        "STREAM_EDGE_KEY", "", "The sig_key of that Pushpin, 32 characters or more.", secret=True
    )
    stream_region_header: str = setting(
        "STREAM_REGION_HEADER",
        "",
        "A header in which a proxy that you trust names a viewer's region, for region=auto.",
    )
    trusted_proxy_hops: int = setting(
        "TRUSTED_PROXY_HOPS", 0, "Proxies that every request comes through; 0 believes no forwarded address."
    )
    keep_alive_seconds: int = setting(
        "KEEP_ALIVE_SECONDS",
        75,
        "How long an idle connection is kept; longer than a proxy in front keeps its own. 0 keeps none.",
    )
    max_connections_per_address: int = setting(
        "MAX_CONNECTIONS_PER_ADDRESS",
        256,
        "Connections of one address in one web process, beside streams; 0 is any number."
        " Not counted behind proxies, nor for STREAM_FREE_ADDRESSES.",
    )
    allowed_origins: str = setting(
        "ALLOWED_ORIGINS",
        "",
        "Origins whose pages may write, separated by commas; any origin may read.",
    )
    limit_guest: str = limit(
        "LIMIT_GUEST", "600/minute", "New, registered and changed players of an address."
    )
    limit_sign_in: str = limit(
        "LIMIT_SIGN_IN", "10/minute", "Failed sign-ins of an address, and of a user name from an address."
    )
    limit_sign_in_name: str = limit(
        "LIMIT_SIGN_IN_NAME",
        "100/minute",
        "Failed sign-ins of a user name, until strangers must solve a puzzle for each one.",
    )
    limit_refresh: str = limit("LIMIT_REFRESH", "600/minute", "Refreshed sessions of an address.")
    limit_merge: str = limit("LIMIT_MERGE", "10/minute", "Guests that a player merges.")
    limit_export: str = limit("LIMIT_EXPORT", "10/minute", "Exports that an address loads.")
    limit_request: str = limit(
        "LIMIT_REQUEST", "3000/minute", "Requested actions of a player, for each type of action."
    )
    limit_request_address: str = limit(
        "LIMIT_REQUEST_ADDRESS", "60000/minute", "Requested actions of an address."
    )
    limit_failed: str = limit("LIMIT_FAILED", "3000/minute", "Failed and repeated completions of a player.")
    limit_write: str = limit(
        "LIMIT_WRITE",
        "6000/minute",
        "Facts that players of an address write: completions, sign-ins, changes.",
    )
    limit_stream: str = limit(
        "LIMIT_STREAM", "30000/minute", "Streams that an address opens, and stream tickets that it gets."
    )
    limit_ticket: str = limit("LIMIT_TICKET", "600/minute", "Stream tickets that a player gets.")
    limit_qr: str = limit("LIMIT_QR", "120/minute", "QR codes that an address gets: one takes 10 ms to draw.")
    limit_admin: str = limit("LIMIT_ADMIN", "6000/minute", "Calls of /v1/admin by a caller.")

    @property
    def listens_on(self) -> str:
        """The address that the web server listens on. `serve` sets HOST, so without HOST it is a platform."""
        return self.host or ALL_ADDRESSES

    @property
    def bind(self) -> list[str]:
        """The addresses, with the port, that gunicorn binds to."""
        return listening.bound(self.listens_on, self.port, apart=families_apart())

    @property
    def below(self) -> str:
        """The path that the whole server is below, as /scores; empty where there is none."""
        return self.base_path.rstrip("/") or _path(self.public_url)

    @property
    def database(self) -> str:
        """The URL of the journal's database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'scoreboard.db'}"

    @property
    def audit_database(self) -> str:
        """The URL of the audit log's database, with the default filled in."""
        return self.audit_database_url or f"sqlite:///{self.data_dir / 'audit.db'}"

    @property
    def free_networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks whose streams are not counted by address. Raises ValueError."""
        return [ip_network(text.strip()) for text in self.stream_free_addresses.split(",") if text.strip()]

    @property
    def connections_of_an_address(self) -> int:
        """How many connections an address may have; 0 is any number: a proxy's are those of many."""
        return 0 if self.trusted_proxy_hops else self.max_connections_per_address

    @property
    def stream_places(self) -> int:
        """Streams that a process can take: each needs a file descriptor, and other things need some."""
        needed = 2 if self.stream_mode == "generator" else 1  # the server's, and one to watch it by
        free = files_allowed() - DESCRIPTORS_SPARED
        return max(1, min(self.stream_max_open, free // needed))

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may write."""
        return tuple(one.strip().lower() for one in self.allowed_origins.split(",") if one.strip())

    @property
    def queue_redis(self) -> str:
        """The URL of the worker's Redis, with the default and what TLS asks for filled in."""
        return self._with_tls(self.queue_redis_url or self.redis_url)

    @property
    def redis(self) -> str:
        """The URL of the Redis of boards and streams, with what TLS asks for filled in."""
        return self._with_tls(self.redis_url)

    def _with_tls(self, url: str) -> str:
        if not url.startswith("rediss://"):
            return url
        wanted = {"ssl_ca_certs": self.redis_ca_file} if self.redis_ca_file else {}
        if self.redis_tls_verify == "off":
            wanted["ssl_cert_reqs"] = "none"
        parsed = urlsplit(url)
        options = wanted | dict(
            parse_qsl(parsed.query, keep_blank_values=True)
        )  # the URL's own are the last word
        return urlunsplit(parsed._replace(query=urlencode(options)))

    @property
    def fallbacks(self) -> list[bytes]:
        """Earlier values of SECRET_KEY."""
        return [one.strip().encode() for one in self.secret_key_fallbacks.split(",") if one.strip()]


def table() -> tuple[Field[Any], ...]:
    """The rows of the table, in the order in which they are documented."""
    return fields(Settings)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment. Raises SettingError naming every bad value."""
    environ = os.environ if environ is None else environ
    types = get_type_hints(Settings)
    values, problems = {}, []
    for row in table():
        text = environ.get(row.metadata["name"])
        if text is None or (not text and not row.metadata["empty"]):
            continue
        try:
            values[row.name] = types[row.name](text)
        except ValueError:
            problems.append(f"{row.metadata['name']} must be a whole number, not {text!r}")
    settings = Settings(**values | {"host": listening.normal(values.get("host", ""))})
    problems += _complaints(settings)
    if problems:
        raise SettingError("; ".join(problems))
    return settings


def refuse_strangers(settings: Settings) -> None:
    """Raise SettingError where web processes could not read what another one of them has sealed."""
    if settings.web_concurrency > 1 and not settings.secret_key:
        raise SettingError(
            f"SECRET_KEY must be set where WEB_CONCURRENCY is {settings.web_concurrency}:"
            " each process would make up one of its own, and refuse what the others have sealed"
        )


def permitted_chaos(settings: Settings) -> notation.Plan | None:
    """The trouble that is asked for. Raises SettingError where this may be production."""
    if not settings.chaos:
        return None
    host, hops = settings.listens_on, settings.trusted_proxy_hops
    why = permission.complaint(host, hops=hops, data_dir=settings.data_dir)
    if why:
        raise SettingError(f"SCOREBOARD_CHAOS is for trying things out, not for production: {why}")
    return notation.read(settings.chaos)


def default(row: Field[Any]) -> str:
    """A row's default as one would write it in the environment."""
    return "" if row.default in (MISSING, "") else str(row.default)


def _complaints(settings: Settings) -> list[str]:
    problems = []
    for row in table():
        value = getattr(settings, row.name)
        least = 0 if row.name in ZERO_ALLOWED else 1
        if isinstance(value, int) and value < least:
            problems.append(f"{row.metadata['name']} must be at least {least}, not {value}")
        if row.metadata["empty"] and value and not _limits(value):
            problems.append(
                f"{row.metadata['name']} must be as 600/minute or 10/second;600/hour, not {value!r}"
            )
    problems += [
        f"ALLOWED_ORIGINS must name origins as https://game.example, not {origin!r}"
        for origin in settings.origins
        if not ORIGIN.match(origin)
    ]
    if settings.public_url and not _is_address(settings.public_url):
        problems.append(f"PUBLIC_URL must be as https://scores.example, not {settings.public_url!r}")
    problems += _complaints_of_base_path(settings)
    problems += [found] if (found := listening.complaint(settings.host)) else []
    if settings.port > 65535:
        problems.append(f"PORT must be at most 65535, not {settings.port}")
    if settings.log_level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        problems.append(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {settings.log_level!r}")
    problems += _stream_complaints(settings)
    if settings.fast_lane not in ("on", "off"):
        problems.append(f"FAST_LANE must be on or off, not {settings.fast_lane!r}")
    if settings.sqlite_synchronous.upper() not in ("FULL", "NORMAL"):
        problems.append(f"SQLITE_SYNCHRONOUS must be FULL or NORMAL, not {settings.sqlite_synchronous!r}")
    problems += [*_complaints_of_keys(settings), *_complaints_of_chaos(settings)]
    for name, url in (("DATABASE_URL", settings.database), ("AUDIT_DATABASE_URL", settings.audit_database)):
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            problems.append(f"{name} must begin with postgresql:// or sqlite:///")
    return problems + _complaints_of_redis(settings)


def _complaints_of_redis(settings: Settings) -> list[str]:
    problems = [
        f"{name} must begin with redis://, rediss:// or unix://"
        for name, url in (("REDIS_URL", settings.redis_url), ("QUEUE_REDIS_URL", settings.queue_redis_url))
        if url and not url.startswith(("redis://", "rediss://", "unix://"))
    ]
    if settings.redis_tls_verify not in ("on", "off"):
        problems.append(f"REDIS_TLS_VERIFY must be on or off, not {settings.redis_tls_verify!r}")
    if settings.redis_ca_file and not Path(settings.redis_ca_file).is_file():
        problems.append(f"REDIS_CA_FILE must be a file that is there, not {settings.redis_ca_file!r}")
    return problems


def _complaints_of_base_path(settings: Settings) -> list[str]:
    base, url = settings.base_path, settings.public_url
    if not BASE.match(base) or not DOTS.isdisjoint(base.split("/")):
        return [f"BASE_PATH must be as /scores, not {base!r}"]
    if base and url and base.rstrip("/") != _path(url):
        public = f"{url.removesuffix('/').removesuffix(_path(url))}{base.rstrip('/')}"
        return [f"BASE_PATH={base} is not the path of PUBLIC_URL={url}: set PUBLIC_URL={public}, or only one"]
    return []


def _stream_complaints(settings: Settings) -> list[str]:
    problems = []
    if settings.service_worker not in ("on", "off"):
        problems.append(f"SERVICE_WORKER must be on or off, not {settings.service_worker!r}")
    if settings.stream_mode not in STREAM_MODES:
        problems.append(f"STREAM_MODE must be {', '.join(STREAM_MODES)}, not {settings.stream_mode!r}")
    if settings.stream_edge_url and len(settings.stream_edge_key) < 32:
        problems.append("STREAM_EDGE_KEY must have at least 32 characters")
    try:
        _ = settings.free_networks
    except ValueError as error:
        problems.append(f"STREAM_FREE_ADDRESSES must be networks, such as 10.0.0.0/8: {error}")
    return problems


def _complaints_of_keys(settings: Settings) -> list[str]:
    problems = []
    if settings.secret_key and len(settings.secret_key) < 32:
        problems.append("SECRET_KEY must have at least 32 characters")
    if any(len(one) < 32 for one in settings.fallbacks):
        problems.append("SECRET_KEY_FALLBACKS must be a list of keys with at least 32 characters each")
    if settings.key_rotation_seconds <= 2 * settings.key_publish_seconds:
        problems.append("KEY_ROTATION_SECONDS must be more than twice KEY_PUBLISH_SECONDS")
    if settings.bootstrap_key and len(settings.bootstrap_key) < 16:
        problems.append("SCOREBOARD_BOOTSTRAP_KEY must have at least 16 characters")
    return problems


def _complaints_of_chaos(settings: Settings) -> list[str]:
    try:
        notation.read(settings.chaos or "kill=0")
    except ValueError as error:
        return [f"SCOREBOARD_CHAOS: {error}"]
    return []


def _is_address(url: str) -> bool:
    match = PUBLIC.match(url)
    dotted = not DOTS.isdisjoint(_path(url).split("/"))
    return match is not None and not dotted and int(match["port"] or 0) <= 65535


def _path(url: str) -> str:
    """The path of a URL, without a slash at its end."""
    _, slash, path = url.partition("://")[2].rstrip("/").partition("/")
    return slash + path


def _limits(text: str) -> bool:
    """Whether a text says how often something may happen, in the notation of the library `limits`."""
    try:
        items = parse_many(text)
    except ValueError:
        return False
    apart = len({item.get_expiry() for item in items}) == len(items)
    return apart and all(0 < item.amount < MOST and item.get_expiry() < MOST for item in items)
