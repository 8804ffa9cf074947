"""The reasons why Redis can't be used, one word for each. docs/deploy.md tells what to do."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from redis import exceptions

UNREACHABLE, CLUSTER = "unreachable", "cluster"
REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (exceptions.AuthenticationError, "password"),
    (exceptions.NoPermissionError, "permission"),
    (exceptions.ReadOnlyError, "read_only"),
    (exceptions.OutOfMemoryError, "full"),
    (exceptions.MovedError, CLUSTER),
    (exceptions.AskError, CLUSTER),
    (exceptions.ClusterDownError, CLUSTER),
    (exceptions.ClusterCrossSlotError, CLUSTER),
    (exceptions.BusyLoadingError, "busy"),
)
# By the first word of the error message.
ERROR_WORDS = {"MISCONF": "read_only", "NOAUTH": "password", "NOPERM": "permission", "OOM": "full"}


def reason_of(error: BaseException) -> str:
    """The reason of an error: its own, or that of the first of its causes that has one."""
    for one in _chain(error):
        reason = next((reason for kind, reason in REASONS if isinstance(one, kind)), None)
        reason = reason or ERROR_WORDS.get(str(one).split(" ", 1)[0])
        if reason:
            return reason
    return UNREACHABLE


def _chain(error: BaseException) -> Iterator[BaseException]:
    next_error: BaseException | None = error
    while next_error is not None:
        yield next_error
        next_error = next_error.__cause__ or next_error.__context__
