"""Settings of the web server: its listening address and its public address."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings.checks import at_least, between, must
from config.settings.row import Given, setting
from config.settings.urls import is_base_path, is_public_url, path_of, with_path
from scoreboard.core import listening
from scoreboard.core.tcp import families_apart

ALL_ADDRESSES = "0.0.0.0"  # HOST by default, except under `serve`


def _host(given: Given) -> str:
    return listening.complaint(given.value)


def _base_path(given: Given) -> str:
    path, url = given.value, given.settings.public_url
    if not is_base_path(path):
        return given.must("be as /scores")
    if url and path.rstrip("/") != path_of(url):
        public = with_path(url, path)
        return f"BASE_PATH={path} is not the path of PUBLIC_URL={url}: set PUBLIC_URL={public}, or only one"
    return ""


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Rows of the table."""

    host: str = setting(
        "HOST",
        "",
        "Address to listen on; :: is IPv6 and IPv4. Empty means 127.0.0.1 for `make run`, 0.0.0.0 otherwise.",
        check=_host,
    )
    port: int = setting("PORT", 8000, "Port that the web server listens on.", check=between(0, 65535))
    public_url: str = setting(
        "PUBLIC_URL",
        "",
        "Address that others use, as https://scores.example: links begin with it, other hosts are refused.",
        check=must("be as https://scores.example", is_public_url),
    )
    base_path: str = setting(
        "BASE_PATH",
        "",
        "Path that the whole server is below, as /scores; empty means the path of PUBLIC_URL.",
        check=_base_path,
    )
    web_concurrency: int = setting("WEB_CONCURRENCY", 1, "Number of web processes.", check=at_least(1))

    @property
    def listens_on(self) -> str:
        """The address that the web server listens on. `serve` sets HOST; without it a platform is assumed."""
        return self.host or ALL_ADDRESSES

    @property
    def bind(self) -> list[str]:
        """The addresses, with the port, that gunicorn binds to."""
        return listening.bind_addresses(self.listens_on, self.port, apart=families_apart())

    @property
    def below(self) -> str:
        """The path that the whole server is below, as /scores; empty if there is none."""
        return self.base_path.rstrip("/") or path_of(self.public_url)
