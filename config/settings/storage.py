"""The settings of the databases and of Redis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from config.settings.checks import at_least, existing_file, on_or_off, starts_with
from config.settings.row import setting

sql_scheme = starts_with("postgresql://", "postgres://", "sqlite:///")
redis_scheme = starts_with("redis://", "rediss://", "unix://")


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """The rows of the settings table about databases and Redis, and the URLs that follow from them."""

    data_dir: Path = setting("DATA_DIR", Path("var"), "Folder for SQLite files and local state.")
    database_url: str = setting(
        "DATABASE_URL",
        "",
        "postgresql://… or sqlite:///file; empty means scoreboard.db in DATA_DIR.",
        check=sql_scheme,
        secret=True,
    )
    audit_database_url: str = setting(
        "AUDIT_DATABASE_URL",
        "",
        "Database of the audit log, in the same form; empty means audit.db in DATA_DIR.",
        check=sql_scheme,
        secret=True,
    )
    redis_url: str = setting(
        "REDIS_URL",
        "redis://127.0.0.1:6379/0",
        "Redis for boards and streams.",
        check=redis_scheme,
        secret=True,
    )
    queue_redis_url: str = setting(
        "QUEUE_REDIS_URL",
        "",
        "Redis for the worker's queues; empty means REDIS_URL.",
        check=redis_scheme,
        secret=True,
    )
    follower_processes: int = setting(
        "FOLLOWER_PROCESSES",
        2,
        "Processes of the worker that all followers share; no more than followers.",
        check=at_least(1),
    )
    redis_tls_verify: str = setting(
        "REDIS_TLS_VERIFY",
        "on",
        "on: the certificate behind rediss:// must be valid. off: any certificate is accepted.",
        check=on_or_off,
    )
    redis_ca_file: str = setting(
        "REDIS_CA_FILE",
        "",
        "File of the authority that signs the certificate behind rediss://.",
        check=existing_file,
    )

    @property
    def database(self) -> str:
        """The URL of the journal's database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'scoreboard.db'}"

    @property
    def audit_database(self) -> str:
        """The URL of the audit log's database, with the default filled in."""
        return self.audit_database_url or f"sqlite:///{self.data_dir / 'audit.db'}"

    @property
    def queue_redis(self) -> str:
        """The URL of the worker's Redis, with the default and the TLS options filled in."""
        return self._with_tls(self.queue_redis_url or self.redis_url)

    @property
    def redis(self) -> str:
        """The URL of the Redis of boards and streams, with the TLS options filled in."""
        return self._with_tls(self.redis_url)

    def _with_tls(self, url: str) -> str:
        if not url.startswith("rediss://"):
            return url
        defaults = {"ssl_ca_certs": self.redis_ca_file} if self.redis_ca_file else {}
        if self.redis_tls_verify == "off":
            defaults["ssl_cert_reqs"] = "none"
        parsed = urlsplit(url)
        # Options in the URL override the settings.
        options = defaults | dict(parse_qsl(parsed.query, keep_blank_values=True))
        return urlunsplit(parsed._replace(query=urlencode(options)))
