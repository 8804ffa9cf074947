"""Refusal of writes from pages of other sites, as a form needs no preflight. Pure."""

from __future__ import annotations

from scoreboard.core.errors import Forbidden
from scoreboard.core.http.calls import Call
from scoreboard.core.http.methods import READS


def refusal(call: Call) -> Forbidden | None:
    """The error for a write that is not allowed; None for others. Pages of `call.app.origins` may write.

    Sec-Fetch-Site tells whether the page is of another site. Old browsers, and all browsers without TLS,
    send only Origin.
    """
    if call.method in READS:
        return None
    environ = call.environ
    origin, distance = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE", "").lower()
    if origin is None and distance != "cross-site":
        return None
    is_listed = (origin or "").lower() in call.app.origins
    if is_listed or distance in ("same-origin", "none") or is_server_key(_bearer(call)):
        return None
    # A page of a subdomain or another scheme may write only if its host is this server's.
    if distance != "cross-site" and call.app.site.owns(origin or "", environ.get("HTTP_HOST", "")):
        return None
    return Forbidden(
        f"Pages of {(origin or 'other sites')[:200]} may not write to this server."
        " Its setting ALLOWED_ORIGINS lists the origins that may.",
        code="cross_site_request",
    )


def is_server_key(secret: str) -> bool:
    """True if a secret looks like a server key, and not like a player's access token."""
    return bool(secret) and not (secret.startswith("eyJ") and secret.count(".") == 2)


def _bearer(call: Call) -> str:
    scheme, _, secret = call.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
