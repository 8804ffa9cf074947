"""What the tests of faults share: servers of their own, and how long they go on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.house import House
from tests.faults.servers import PgBouncer, PostgresServer

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
def build_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Starts houses: on a PostgreSQL where one is named, else on SQLite; with settings of their own."""
    with contextlib.ExitStack() as open_houses:

        def start(
            postgres: PostgresServer | None = None, pooler: PgBouncer | None = None, **environment: str
        ) -> House:
            house = House(tmp_path, postgres, pooler, **environment)
            open_houses.callback(house.stop)
            house.start()
            return house

        yield start


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, build_house: Callable[..., House]) -> House:
    """The product on each database."""
    return build_house(None if request.param == "sqlite" else request.getfixturevalue("own_postgres"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One on each database, for tests that leave it as they found it: loads have boards of their own."""
    postgres = None if request.param == "sqlite" else request.getfixturevalue("own_postgres")
    house = House(tmp_path_factory.mktemp("shared"), postgres)
    house.start()
    yield house
    house.stop()
