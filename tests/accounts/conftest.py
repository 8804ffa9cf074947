"""Fixtures that tests of accounts share."""

from __future__ import annotations

import pytest

from tests.contract import ContractClient, app_of


@pytest.fixture
def auth(parts):
    """Calls /v1/auth/… as an unknown visitor, from an address that no other test uses."""
    http = ContractClient(app_of(parts))

    def call(route, *, bearer=None, **body):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return http.post(f"/v1/auth/{route}", json=body, headers=headers)

    return call
