"""Why Redis can't be used: a word for each reason that an operator can act on."""

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
BEGINNINGS = {"MISCONF": "read_only", "NOAUTH": "password", "NOPERM": "permission", "OOM": "full"}


def reason_of(error: BaseException) -> str:
    """The reason of an error, or of its cause."""
    for one in _chain(error):
        found = next((reason for kind, reason in REASONS if isinstance(one, kind)), None)
        found = found or BEGINNINGS.get(str(one).split(" ", 1)[0])
        if found:
            return found
    return UNREACHABLE


def _chain(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__
