"""Health over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response

from scoreboard import __version__
from scoreboard.core.http import answer
from scoreboard.core.parts import parts

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Tell that this process answers. Touches nothing else."""
    return answer({"status": "ok"})


@bp.get("/readyz")
def readyz() -> Response:
    """Tell whether scores can be taken, and how each part is doing."""
    ready, checks = parts().health.report()
    body = {"status": "ready" if ready else "not ready", "checks": checks, "version": __version__}
    return answer(body, 200 if ready else 503)
