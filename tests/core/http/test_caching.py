"""Cache-Control of every answer to a read: without it, caches decide by heuristics."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.core.http.test_site import paths
from tests.support import KEY

SHARED = {  # answers that caches may share, for requests without credentials
    "/v1/boards",
    "/v1/boards/main",
    "/v1/boards/main/periods",
    "/v1/boards/main/rank-for?score=1",
    "/v1/boards/main/entries",
}


@pytest.fixture
def app(make_parts, sqlite_url):
    parts = make_parts(sqlite_url)
    return create_app(parts)


def cache_control(app, path, **headers):
    with app.test_client().get(path, headers=headers, buffered=False) as answer:
        return answer.headers.get("Cache-Control"), answer.status_code


def every_path(app):
    """Every path that can be read, with streams that end at once, and with failures."""
    found = [*paths(app), "/v1/poll", "/v1/ws", "/v1/stream?boards=none", "/v1/boards?x=1", "/nothing"]
    return [*found, "/v1/boards/none", "/b/none", "/static/none", "/problems/none", "/oembed?url=x"]


def test_every_answer_to_a_read_has_cache_control(app):
    """All routes are checked, also new ones, with and without credentials."""
    paths = every_path(app)
    statuses = set()
    for path in paths:
        for credentials in ({}, {"Authorization": f"Bearer {KEY}"}, {"Authorization": "Bearer wrong"}):
            for method in ("GET", "HEAD"):
                with app.test_client().open(
                    path, method=method, headers=credentials, buffered=False
                ) as answer:
                    value = answer.headers.get("Cache-Control", "")
                    assert value, f"{method} {path} is {answer.status} without Cache-Control"
                    assert answer.status_code < 400 or value in ("no-store", "private, no-cache"), path
                    # Files and scripts are the same for all.
                    open_to_all = path.startswith(("/v1/", "/healthz", "/readyz"))
                    assert not (credentials and open_to_all) or "public" not in value, path
                    statuses.add(answer.status_code)

    assert len(paths) > 45
    assert {200, 400, 401, 404} <= statuses


@pytest.mark.parametrize("path", sorted(SHARED))
def test_an_answer_that_is_the_same_for_all_may_be_shared_for_a_second(app, path):
    assert cache_control(app, path) == ("public, max-age=1", 200)
    assert cache_control(app, path, Authorization=f"Bearer {KEY}") == ("private, no-cache", 200)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_are_not_cached(app, path):
    assert cache_control(app, path) == ("no-store", 200)
    assert cache_control(app, path, Authorization=f"Bearer {KEY}") == ("no-store", 200)
