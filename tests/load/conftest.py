"""A server for those tests of the load test that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.load.scenario.server import ACTION, RULES
from tests.support import Stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product as a user runs it, with its usual limits."""
    stack = Stack(tmp_path_factory.mktemp("load"))
    stack.start()
    assert stack.call("PUT", f"/v1/admin/action-types/{ACTION}", RULES).status == 201
    yield stack
    stack.stop()
