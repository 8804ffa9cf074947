"""What the tests of faults share: servers of their own, and how long they go on."""

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
    """Whether there is time for as much as the promises name. `make faults` has it."""
    return LONG


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that may be stopped and restarted, as nobody else uses it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on a disk, which takes its time."""
    with tempfile.TemporaryDirectory(prefix="scoreboard-faults-", dir=DISK) as folder:
        yield Path(folder)


@pytest.fixture
def deploy(on_disk: Path) -> Iterator[Callable[..., Deployment]]:
    """Starts deployments: on a PostgreSQL where one is named, else on SQLite; with settings of their own."""
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
    """One on each database, for tests that leave it as they found it: loads have boards of their own."""
    postgres = None if request.param == "sqlite" else request.getfixturevalue("own_postgres")
    with tempfile.TemporaryDirectory(prefix="scoreboard-faults-", dir=DISK) as folder:
        deployment = Deployment(Path(folder), postgres)
        deployment.start()
        yield deployment
        deployment.stop()
