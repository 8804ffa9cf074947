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
    """Tell that this process answers. Touches nothing else."""
    return _fresh(answer({"status": "ok"}))


@bp.get("/readyz")
@described(answer=Readiness, bare=True, status=(200, 503), security=("anyone", "key"))
def readyz() -> Response:
    """Tell whether scores can be taken, and how each part is doing; in detail to a server key."""
    ready, checks = parts().health.report()
    told: dict[str, Any] = {"status": "ready" if ready else "not ready", "checks": brief(checks)}
    if sent_key() is not None:
        told |= {"checks": checks, "version": __version__}
    return _fresh(answer(told, 200 if ready else 503))


@bp.get("/v1/admin/metrics")
@key_required("admin", role="moderator")
@limited("admin")
@described(text=True)
def show_metrics() -> Response:
    """Show what the streams of all processes did, as Prometheus reads it."""
    lines = exposition(parts().stream.rooms.families())
    return Response("\n".join([*lines, ""]), content_type=CONTENT_TYPE)


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = NEVER
    return response
