"""The product in four set-ups that strangers attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.setups import SETUPS
from tests.support import Stack

# Addresses can be named in X-Forwarded-For, and streams of this machine are counted by address.
ENVIRONMENT = {
    "TRUSTED_PROXY_HOPS": "1",
    "STREAM_FREE_ADDRESSES": "192.0.2.0/24",
    "STREAM_MAX_PER_ADDRESS": "10",
}


@pytest.fixture(scope="session", params=SETUPS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product on one of the set-ups, behind one trusted proxy, which is the test itself."""
    database, processes, fast_path = SETUPS[request.param]
    environment = ENVIRONMENT | {"WEB_CONCURRENCY": str(processes), "FAST_PATH": fast_path}
    name = f"attacks_{processes}"
    postgres = request.getfixturevalue("postgres") if database == "postgresql" else None
    if postgres:
        environment["DATABASE_URL"] = postgres.create(name)
    stack = Stack(tmp_path_factory.mktemp("attacks") / "data", environment)
    stack.start()
    yield stack
    stack.end()
    if postgres:
        postgres.drop(name)
