"""Every error that leaves the product, in one tree.

ScoreboardError
├── BadRequest            400  malformed_json, …
│   └── ValidationFailed  400  validation_failed, with one line per field
├── Unauthenticated       401  unauthenticated
├── Forbidden             403  insufficient_scope, scoring_disabled, …
├── NotFound              404  not_found, board_not_found, …
├── RequestTimeout        408  request_timeout
├── Conflict              409  username_taken, token_already_used, …
├── BodyTooLarge          413  body_too_large
├── UnsupportedMediaType  415  unsupported_media_type, unsupported_content_encoding
├── UpgradeRequired       426  unsupported_websocket_version
├── Refused               422  a fact that breaks a rule: score_out_of_range, period_closed, …
├── TooMany               429  rate_limited, cap_reached (try later)
├── NotOffered            501  unsupported_format
└── Unavailable           503  ledger_unavailable, outcome_unknown, storage_full (try again)

A code is stable and has its paragraph in docs/errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """An error in one field of a request."""

    field: str
    message: str


class ScoreboardError(Exception):
    """An error with a status and a stable code. `detail` is for people."""

    status = 500
    code = "internal_error"
    retry_after_seconds: int | None = None  # when sending the request again makes sense
    members: Mapping[str, Any] = MappingProxyType({})  # further members of the answer

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code

    @property
    def title(self) -> str:
        """The code in words."""
        return self.code.replace("_", " ").capitalize()


class BadRequest(ScoreboardError):
    """A malformed request."""

    status, code = 400, "bad_request"


class ValidationFailed(BadRequest):
    """A body or a query of the wrong shape, with an error for each field."""

    code = "validation_failed"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors


class Unauthenticated(ScoreboardError):
    """A call without a valid key or session if one is required."""

    status, code = 401, "unauthenticated"


class Forbidden(ScoreboardError):
    """A key or a session that may not do this."""

    status, code = 403, "insufficient_scope"


class NotFound(ScoreboardError):
    """A missing resource."""

    status, code = 404, "not_found"


class RequestTimeout(ScoreboardError):
    """A body that came too slowly. It was not read to its end, so nothing was done."""

    status, code = 408, "request_timeout"


class Conflict(ScoreboardError):
    """A valid request that contradicts the present state."""

    status, code = 409, "conflict"


class BodyTooLarge(ScoreboardError):
    """A body over the limit of its route."""

    status, code = 413, "body_too_large"


class UnsupportedMediaType(ScoreboardError):
    """A body whose Content-Type is not JSON, or that is compressed."""

    status, code = 415, "unsupported_media_type"


class UpgradeRequired(ScoreboardError):
    """A WebSocket handshake of another version than the server's."""

    status, code = 426, "unsupported_websocket_version"


class Refused(ScoreboardError):
    """A fact that breaks a rule of its board or of its key. Nothing was written for it."""

    status, code = 422, "refused"


class TooMany(ScoreboardError):
    """More requests or points than are allowed in this time. Nothing was done; try later."""

    status, code = 429, "rate_limited"

    def __init__(self, detail: str, *, code: str | None = None, retry_after_seconds: int) -> None:
        super().__init__(detail, code=code)
        self.retry_after_seconds = retry_after_seconds


class NotOffered(ScoreboardError):
    """A format of an answer that this server does not offer."""

    status, code = 501, "unsupported_format"


class Unavailable(ScoreboardError):
    """The request can't be served now. Send the same request again later, which is safe."""

    status, code = 503, "ledger_unavailable"

    def __init__(self, detail: str, *, code: str | None = None, retry_after_seconds: int = 1) -> None:
        super().__init__(detail, code=code)
        self.retry_after_seconds = retry_after_seconds
