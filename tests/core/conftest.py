"""Fixtures of tests of limits: applications with a few limited routes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from scoreboard.app import create_app
from scoreboard.core.http.conventions import answer
from scoreboard.core.limits.rules import count, count_later, give_back, limited, refuse_exceeded
from scoreboard.parts import Parts

Process = Callable[..., FlaskClient]


@pytest.fixture
def process(make_parts: Callable[..., Parts], sqlite_url: str) -> Process:
    """Make a process of the product with additional routes, one for each way to use limits."""

    def make(**settings: object) -> FlaskClient:
        app = create_app(make_parts(sqlite_url, **settings))

        @app.post("/v1/guest")
        @limited("guest")
        def guest():
            return answer({})

        @app.post("/v1/request/<action>")
        def request_action(action):
            count("request", "request-address", of=action)
            return answer({})

        @app.post("/v1/sign-in/<name>")
        @app.post("/v1/sign-in/", defaults={"name": ""})
        def sign_in(name):
            count("sign-in", "sign-in-name", of=name)
            if name == "ada":
                give_back("sign-in", "sign-in-name", of=name)
            return answer({})

        @app.post("/v1/complete/<outcome>")
        def complete(outcome):
            if outcome == "bad":
                count("failed-completion")
            return answer({})

        @app.post("/v1/write")
        def write():
            refuse_exceeded("write")
            count_later("write")
            return answer({})

        return app.test_client()

    return make
