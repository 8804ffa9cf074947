"""The product in the four set-ups that are attacked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.setups import SETUPS
from tests.support import Stack

# Tests choose their address by X-Forwarded-For, and streams from this machine are counted by address too.
ENVIRONMENT = {
    "TRUSTED_PROXY_HOPS": "1",
    "STREAM_FREE_ADDRESSES": "192.0.2.0/24",
    "STREAM_MAX_PER_ADDRESS": "10",
}


@pytest.fixture(scope="session", params=SETUPS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product in one set-up, behind one trusted proxy: the test itself."""
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
