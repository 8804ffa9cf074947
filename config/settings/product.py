"""Settings of the product's contents, and of its operation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.settings.checks import at_least, must, on_or_off, one_of_in_any_case
from config.settings.row import setting
from config.settings.urls import is_avatar_path, is_public_url
from scoreboard.core.root import ROOT


@dataclass(frozen=True, kw_only=True)
class ProductSettings:
    """Rows of the table."""

    boards_file: Path = setting(
        "BOARDS_FILE", ROOT / "config/boards.toml", "Boards that exist from the first start."
    )
    actions_file: Path = setting(
        "ACTIONS_FILE", ROOT / "config/actions.toml", "Action types that exist from the first start."
    )
    guest_days: int = setting(
        "GUEST_DAYS",
        30,
        "Days without use after which guests without scores are deleted; 0 keeps them.",
        check=at_least(0),
    )
    demo_action: str = setting(
        "DEMO_ACTION",
        "play-round",
        "The action type that visitors of a board's page may play, if it exists and feeds that board.",
    )
    default_board: str = setting("DEFAULT_BOARD", "main", "The board at / and /v1/leaderboard.")
    avatar_url: str = setting(
        "AVATAR_URL",
        "",
        "Where pictures of players are on this host, as /avatars/{player}.webp; empty: initials only.",
        check=must("be a path of this host as /avatars/{player}.webp", is_avatar_path),
    )
    source_url: str = setting(
        "SOURCE_URL",
        "",
        "Where the source code of this server is, as a link in the footer of pages. Empty: no link.",
        check=must("be as https://example.org/scoreboard", is_public_url),
    )
    service_worker: str = setting(
        "SERVICE_WORKER",
        "on",
        "on: browsers keep boards for use without a network. off: browsers that kept some delete them.",
        check=on_or_off,
    )
    chaos: str = setting(
        "SCOREBOARD_CHAOS",
        "",
        "Faults to inject, as seed=7,kill=0.01,latency=0.2:0-500,database=0.05:0-1000. Not in production.",
    )
    log_level: str = setting(
        "LOG_LEVEL",
        "INFO",
        "DEBUG, INFO, WARNING or ERROR.",
        check=one_of_in_any_case("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    sqlite_synchronous: str = setting(
        "SQLITE_SYNCHRONOUS",
        "FULL",
        "FULL survives a power cut; NORMAL may lose the last commits, and is faster.",
        check=one_of_in_any_case("FULL", "NORMAL"),
    )
    fast_path: str = setting(
        "FAST_PATH",
        "on",
        "on: web processes parse plain requests themselves, and answer most of them without Flask."
        " off: gunicorn and Flask get all of them, at more cost.",
        check=on_or_off,
        formerly="FAST_LANE",
    )
