"""The text that `serve` prints once the server answers. Pure."""

from __future__ import annotations

from config.settings import Settings
from scoreboard.chaos.permission import is_loopback
from scoreboard.core.listening import THIS_MACHINE, netloc, reachable_address
from scoreboard.core.root import IS_BUNDLED


def local_url(settings: Settings) -> str:
    """The URL by which this machine reaches the server."""
    return f"http://{netloc(reachable_address(settings.host or THIS_MACHINE), settings.port)}{settings.below}"


def greeting(settings: Settings, lan: str = "") -> str:
    """The text: the server's URL, a hint about access from other machines, and a first call to try.

    `lan` is the address of this machine in its network, if others can reach the server there.
    """
    url = settings.public_url.rstrip("/") or local_url(settings)
    key = "$SCOREBOARD_BOOTSTRAP_KEY" if settings.bootstrap_key else f"$(cat {settings.data_dir}/server.key)"
    chaos = f"  Chaos is on: {settings.chaos}\n\n" if settings.chaos else ""
    replay = "" if IS_BUNDLED else "A football season, live: make replay          "
    return (
        f"\n  Scoreboard is serving at {local_url(settings)}\n"
        f"{_access_hint(settings, lan)}\n"
        f"{chaos}"
        f"  A first score:\n"
        f"    curl {url}/v1/boards/{settings.default_board}/scores \\\n"
        f'      -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\\n'
        f"""      -d '{{"entries": [{{"player": "ada", "displayName": "Ada", "score": 10}}]}}'\n\n"""
        f"  All boards: {url}/boards     How to build on it: {url}/docs\n\n"
        f"  {replay}Stop: Ctrl-C\n"
    )


def _access_hint(settings: Settings, lan: str) -> str:
    if settings.public_url:
        return f"  Others reach it at {settings.public_url}\n"
    if is_loopback(settings.host):
        return "  Only this machine can reach it. HOST=0.0.0.0 (or ::) allows other machines, without TLS.\n"
    if not lan:
        return ""
    url = f"http://{netloc(lan, settings.port)}{settings.below}"
    return (
        f"  Other machines reach it at {url}, without TLS.\n"
        f"  For links and QR codes with that address: HOST={settings.host} PUBLIC_URL={url} make run\n"
    )
