"""Jobs of a fixed list. An attacker who can write to Redis can start one of them, and nothing else.

RQ reads from a job's hash which function to import, which callbacks, webhooks and other jobs follow, how
long and how often the job runs, and which data to deserialise. None of that is read here. A job's data is
compared, byte by byte, with the data of this worker's own calls; the rest of the job comes from that call.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from redis.exceptions import ResponseError
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

JOB_SECONDS = 3600  # building all boards of a large deployment takes a while
FAILED_SECONDS = 7 * 86_400
MAX_BYTES = 1000  # of a field, compressed and decompressed
EXCERPT_CHARACTERS = 100  # characters of refused data in the log
ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")


class Call(NamedTuple):
    """A function and its arguments."""

    function: Callable[..., Any]
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name, as RQ writes it."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def data(self) -> bytes:
        """The call, as RQ writes it into a job."""
        data: bytes = JSONSerializer.dumps((self.name, None, self.arguments, {}))
        return data


class Refused(NoSuchJobError):
    """The job is not one of ours. RQ treats it as missing."""


class KnownJob(Job):
    """A job that is one of `calls`. Only its call and its status are read from Redis."""

    calls: ClassVar[Mapping[bytes, Call]] = {}

    def refresh(self) -> None:
        """Read the call of this job. Raises Refused."""
        self.restore({b"data": self._read("data")})

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Become the call that equals these fields. Raises Refused."""
        data = unpack(raw_data.get(b"data", b""))
        call = self.calls.get(data)
        if call is None:
            raise Refused(excerpt(data))
        self._func_name, self._instance, self._args = call.name, None, call.arguments
        self._kwargs = dict[str, Any]()
        self._function, self.description = call.function, call.name
        self.timeout, self.result_ttl, self.failure_ttl = JOB_SECONDS, 0, FAILED_SECONDS

    @property
    def func(self) -> Callable[..., Any]:
        """The function of the call. Nothing is imported for it."""
        return self._function

    def _fetch_status(self) -> JobStatus:
        try:
            return JobStatus(self._read("status").decode())
        except (ValueError, Refused):
            raise InvalidJobOperation(f"{self.id} has no status") from None

    def _read(self, field: str) -> bytes:
        try:
            if self.connection.hstrlen(self.key, field) > MAX_BYTES:
                raise Refused(f"more than {MAX_BYTES} bytes")
            return self.connection.hget(self.key, field) or b""
        except ResponseError as error:
            raise Refused(str(error)) from None


def jobs_of(calls: Sequence[Call]) -> type[KnownJob]:
    """The class of jobs that are one of these calls."""
    return type("AllowedJob", (KnownJob,), {"calls": {call.data: call for call in calls}})


def unpack(packed: bytes) -> bytes:
    """Decompress data as RQ compresses it. Raises Refused if it is too long."""
    decompressor = zlib.decompressobj()
    try:
        data = decompressor.decompress(packed, MAX_BYTES)
    except zlib.error:
        raise Refused(f"not packed: {excerpt(packed)}") from None
    if not decompressor.eof:
        raise Refused(f"too long, or cut off: {excerpt(data)}")
    return data


def excerpt(text: bytes) -> str:
    """The beginning of refused data, for the log."""
    return ascii(text[:EXCERPT_CHARACTERS].decode(errors="replace"))
