"""Health over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response

from scoreboard import __version__
from scoreboard.core.http import answer
from scoreboard.core.openapi import described
from scoreboard.core.parts import parts
from scoreboard.ops.wire import Alive, Readiness

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
@described(answer=Alive, bare=True)
def healthz() -> Response:
    """Tell that this process answers. Touches nothing else."""
    return answer({"status": "ok"})


@bp.get("/readyz")
@described(answer=Readiness, bare=True, status=(200, 503))
def readyz() -> Response:
    """Tell whether scores can be taken, and how each part is doing."""
    ready, checks = parts().health.report()
    body = {"status": "ready" if ready else "not ready", "checks": checks, "version": __version__}
    return answer(body, 200 if ready else 503)
