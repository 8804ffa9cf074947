"""Endpoints: functions that take a Call and the variables of its path, and return an Answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from scoreboard.core.http.answers import Answer

V = TypeVar("V", bound=Callable[..., Any])

Endpoint = Callable[..., Answer]
ATTRIBUTE = "endpoint"  # of a view function of Flask: the endpoint that it is made of


def mark_view(view: V, endpoint: Endpoint) -> V:
    """Note on a view function the endpoint that it is made of."""
    setattr(view, ATTRIBUTE, endpoint)
    return view


def endpoint_of(view: Callable[..., Any]) -> Endpoint | None:
    """The endpoint that a view function is made of; None if it is of Flask alone."""
    found: Endpoint | None = getattr(view, ATTRIBUTE, None)
    return found
