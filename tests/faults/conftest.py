"""Fixtures of the fault tests: servers of their own, and the choice of short or long tests."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.deployment import Deployment
from tests.faults.servers import PgBouncer, PostgresServer
from tests.quick import DISK

LONG = os.environ.get("FAULTS") == "long"


@pytest.fixture(scope="session")
def long() -> bool:
    """True if there is time for the full durations and counts, as in `make faults`."""
    return LONG


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that may be stopped and restarted, because no other test uses it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on a real disk, which is slower than one in memory."""
    with tempfile.TemporaryDirectory(prefix="scoreboard-faults-", dir=DISK) as folder:
        yield Path(folder)


@pytest.fixture
def deploy(on_disk: Path) -> Iterator[Callable[..., Deployment]]:
    """Start deployments with their own settings: on a PostgreSQL if one is given, otherwise on SQLite."""
    with contextlib.ExitStack() as open_deployments:

        def start(
            postgres: PostgresServer | None = None, pooler: PgBouncer | None = None, **environment: str
        ) -> Deployment:
            deployment = Deployment(on_disk, postgres, pooler, **environment)
            open_deployments.callback(deployment.stop)
            deployment.start()
            return deployment

        yield start


@pytest.fixture(params=["sqlite", "postgresql"])
def deployment(request: pytest.FixtureRequest, deploy: Callable[..., Deployment]) -> Deployment:
    """The product on each database."""
    return deploy(None if request.param == "sqlite" else request.getfixturevalue("own_postgres"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """One deployment on each database, for tests that leave it unchanged: loads have boards of their own."""
    postgres = None if request.param == "sqlite" else request.getfixturevalue("own_postgres")
    with tempfile.TemporaryDirectory(prefix="scoreboard-faults-", dir=DISK) as folder:
        deployment = Deployment(Path(folder), postgres)
        deployment.start()
        yield deployment
        deployment.stop()
