"""Writes that pages of other sites make a browser send: a form needs no preflight. Pure."""

from __future__ import annotations

from collections.abc import Collection

from werkzeug import Request

from scoreboard.core.errors import Forbidden
from scoreboard.core.http.cors import READS
from scoreboard.core.http.site import Site


def refusal(request: Request, site: Site, origins: Collection[str]) -> Forbidden | None:
    """Why a request may not write; None where it may. Pages of `origins` may.

    By Sec-Fetch-Site browsers say how far away the page is; old ones, and all without TLS, name its origin.
    """
    if request.method in READS:
        return None
    origin, distance = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "").lower()
    if origin is None and distance != "cross-site":
        return None
    named = (origin or "").lower() in origins
    if named or distance in ("same-origin", "none") or is_server_key(_bearer(request)):
        return None
    # Of a subdomain, or another scheme, it is a page of ours only if the host is the same.
    if distance != "cross-site" and site.owns(origin or "", request.environ.get("HTTP_HOST", "")):
        return None
    return Forbidden(
        f"Pages of {(origin or 'other sites')[:200]} may not write here."
        " The server's ALLOWED_ORIGINS says which pages may.",
        code="cross_site_request",
    )


def is_server_key(secret: str) -> bool:
    """Whether a secret is meant to be a server key, and not a player's access token."""
    return bool(secret) and not (secret.startswith("eyJ") and secret.count(".") == 2)


def _bearer(request: Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
