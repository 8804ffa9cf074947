"""Reading settings from the environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

import pytest

from config.settings import SettingError, Settings, load, table
from tests.support import ROOT


def test_an_empty_environment_gives_every_default():
    assert load({}) == Settings()


def test_values_get_the_types_of_their_settings():
    settings = load({"PORT": "9000", "DATA_DIR": "/data", "HOST": "::1", "UNKNOWN": "x"})

    assert (settings.port, settings.data_dir, settings.host) == (9000, Path("/data"), "::1")


@pytest.mark.parametrize(
    ("host", "bind"),
    [("", "0.0.0.0:8000"), ("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("::", "[::]:8000")],
)
def test_gunicorn_without_serve_listens_on_all_addresses_unless_host_names_one(host, bind, tmp_path):
    words = ["gunicorn", "--config", "config/gunicorn.py", "--print-config", "wsgi:app"]
    environment = {name: value for name, value in os.environ.items() if name not in ("HOST", "PORT")}

    output = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment | {"DATA_DIR": str(tmp_path)} | ({"HOST": host} if host else {}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout

    assert re.search(r"^bind\s+= (.*)$", output, re.MULTILINE)[1] == f"['{bind}']"
    assert re.search(r"^keepalive\s+= 75$", output, re.MULTILINE)


def test_an_empty_limit_is_no_limit_and_any_other_empty_value_counts_as_absent():
    settings = load({"LIMIT_GUEST": "", "PORT": "", "LIMIT_STREAM": "5 per 10 seconds, 100/hour"})

    assert (settings.limit_guest, settings.port) == ("", 8000)
    assert settings.limit_stream == "5 per 10 seconds, 100/hour"


def test_guest_days_may_be_zero():
    assert load({"GUEST_DAYS": "0"}).guest_days == 0


def test_origins_are_read_as_browsers_write_them():
    settings = load({"ALLOWED_ORIGINS": "https://Game.example, capacitor://localhost,"})

    assert settings.origins == ("https://game.example", "capacitor://localhost")


def test_databases_are_in_the_data_folder_unless_urls_are_set():
    settings = load({"DATA_DIR": "/data"})

    assert settings.database == "sqlite:////data/scoreboard.db"
    assert settings.audit_database == "sqlite:////data/audit.db"
    assert load({"DATABASE_URL": "postgres://db/x"}).database == "postgres://db/x"


def test_queues_are_in_the_redis_of_the_boards_unless_another_is_set():
    assert load({"REDIS_URL": "redis://one"}).queue_redis == "redis://one"
    assert load({"REDIS_URL": "redis://one", "QUEUE_REDIS_URL": "redis://two"}).queue_redis == "redis://two"


def test_earlier_secrets_are_a_list():
    settings = load({"SECRET_KEY_FALLBACKS": f"{'a' * 32}, {'b' * 32},"})

    assert settings.fallbacks == [b"a" * 32, b"b" * 32]
    assert load({}).fallbacks == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("SCOREBOARD_BOOTSTRAP_KEY", "short"),
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_URL", "sqlite://relative"),
        ("AUDIT_DATABASE_URL", "audit.db"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("QUEUE_REDIS_URL", "http://redis"),
        ("STREAM_TICK_MS", "0"),
        ("STREAM_MAX_OPEN", "-5"),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("SECRET_KEY_FALLBACKS", f"{'x' * 32},short"),
        ("KEY_ROTATION_SECONDS", "600"),
        ("KEY_ROTATION_SECONDS", "0"),
        ("KEY_PUBLISH_SECONDS", "43200"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "game.example"),
        ("ALLOWED_ORIGINS", "https://game.example/"),
        ("ALLOWED_ORIGINS", "https://game.example, null"),
        ("GUEST_DAYS", "-1"),
        ("LIMIT_GUEST", "many"),
        ("LIMIT_SIGN_IN", "0/minute"),
        ("LIMIT_STREAM", "10/fortnight"),
        ("LIMIT_ADMIN", "10/minute;"),
        ("LIMIT_REQUEST", "10/9999 year"),
        ("LIMIT_REFRESH", "10/minute;20/minute"),
        ("LIMIT_FAILED", " "),
    ],
)
def test_a_bad_value_is_refused_by_its_name(name, value):
    with pytest.raises(SettingError, match=name):
        load({name: value})


def test_every_bad_value_is_named_at_once():
    bad = {
        "PORT": "http",
        "WEB_CONCURRENCY": "0",
        "LOG_LEVEL": "LOUD",
        "REDIS_URL": "here",
        "DATABASE_URL": "there",
        "SCOREBOARD_BOOTSTRAP_KEY": "short",
    }

    with pytest.raises(SettingError) as raised:
        load(bad)

    for name in bad:
        assert name in str(raised.value)


def test_a_process_offers_no_more_streams_than_it_has_file_descriptors():
    soft, hard = getrlimit(RLIMIT_NOFILE)
    setrlimit(RLIMIT_NOFILE, (2200, hard))
    try:
        slots = [load({"STREAM_MODE": mode}).stream_places for mode in ("handover", "generator")]
    finally:
        setrlimit(RLIMIT_NOFILE, (soft, hard))

    assert slots == [2000, 1000]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT", "65536", "PORT must be a whole number from 0 to 65535, not '65536'"),
        ("GUEST_DAYS", "-1", "GUEST_DAYS must be at least 0, not '-1'"),
        ("SERVICE_WORKER", "yes", "SERVICE_WORKER must be on or off, not 'yes'"),
        ("REDIS_CA_FILE", "/none", "REDIS_CA_FILE must be a file that exists, not '/none'"),
        ("STREAM_MODE", "x", "STREAM_MODE must be auto, handover or generator, not 'x'"),
        ("STREAM_FREE_ADDRESSES", "here", "STREAM_FREE_ADDRESSES must list networks such as 10.0.0.0/8, not"),
        ("ALLOWED_ORIGINS", "https://a.example, b", "must name origins as https://game.example, not 'b'"),
        ("LIMIT_GUEST", "x", "LIMIT_GUEST must be a rate such as 600/minute or 10/second;600/hour, not 'x'"),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters"),
        (
            "KEY_ROTATION_SECONDS",
            "600",
            "must be more than twice KEY_PUBLISH_SECONDS, which is 300, not",
        ),
        ("STREAM_EDGE_URL", "http://edge", "STREAM_EDGE_KEY must have at least 32 characters if"),
    ],
)
def test_a_complaint_has_the_setting_its_rule_and_its_value(name, value, complaint):
    with pytest.raises(SettingError) as raised:
        load({name: value})

    assert complaint in str(raised.value)


@pytest.mark.parametrize("name", [row.metadata["name"] for row in table() if isinstance(row.default, int)])
def test_every_number_has_a_lower_bound(name):
    with pytest.raises(SettingError, match=name):
        load({name: "-1"})


def test_an_old_name_is_read_with_a_warning(caplog):
    assert load({"FAST_LANE": "off"}).fast_path == "off"
    assert load({"FAST_LANE": "off", "FAST_PATH": "on"}).fast_path == "on"
    assert [record.message for record in caplog.records] == [
        "FAST_LANE is now called FAST_PATH: rename it in the environment"
    ]


def test_default_files_are_found_from_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load({}).boards_file.read_text() == (ROOT / "config/boards.toml").read_text()
    assert load({}).actions_file.is_file()


def test_a_bad_secret_is_not_repeated():
    with pytest.raises(SettingError) as raised:
        load({"SCOREBOARD_BOOTSTRAP_KEY": "hunter2"})

    assert "hunter2" not in str(raised.value)


def test_every_setting_has_a_unique_name_and_a_description():
    names = [row.metadata["name"] for row in table()]

    assert len(set(names)) == len(names)
    assert all(name.isupper() for name in names)
    assert all(len(row.metadata["help"]) > 20 for row in table())
