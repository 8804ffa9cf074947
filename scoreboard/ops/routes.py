"""Health and metrics over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from scoreboard import __version__
from scoreboard.accounts.guard import key_required, sent_key
from scoreboard.core.http.caching import NEVER
from scoreboard.core.http.conventions import answer
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.ops.exposition import CONTENT_TYPE, exposition
from scoreboard.ops.service import brief
from scoreboard.ops.wire import Alive, Readiness

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
@described(answer=Alive, bare=True)
def healthz() -> Response:
    """Check that this process answers. It asks no other part."""
    return _uncached(answer({"status": "ok"}))


@bp.get("/readyz")
@described(answer=Readiness, bare=True, status=(200, 503), security=("anyone", "key"))
def readyz() -> Response:
    """Check whether scores can be accepted, and the state of each part; a server key gets details."""
    ready, checks = parts().health.report()
    body: dict[str, Any] = {"status": "ready" if ready else "not ready", "checks": brief(checks)}
    if sent_key() is not None:
        body |= {"checks": checks, "version": __version__}
    return _uncached(answer(body, 200 if ready else 503))


@bp.get("/v1/admin/metrics")
@key_required("admin", role="moderator")
@limited("admin")
@described(text=True)
def show_metrics() -> Response:
    """Show the metrics of all web processes, as Prometheus reads them."""
    lines = exposition(parts().stream.rooms.families())
    return Response("\n".join([*lines, ""]), content_type=CONTENT_TYPE)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = NEVER
    return response
