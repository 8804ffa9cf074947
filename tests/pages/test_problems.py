"""A problem's type leads to what it means."""

from __future__ import annotations

import re


def test_a_problems_type_leads_to_its_explanation(client):
    problem = client.get("/v1/boards/nope").json

    path = re.sub(r"^https?://[^/]+", "", problem["type"])
    page = client.get(path)

    assert page.status_code == 200
    assert b"<h1>Board not found</h1>" in page.data
    assert b"board_not_found" in page.data


def test_an_unknown_problem_is_not_found(client):
    assert client.get("/problems/no-such-thing").status_code == 404
