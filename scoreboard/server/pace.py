"""The pace: how slowly a client may send a body or read an answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BODY_RATE = 4096  # bytes a second
LARGEST_BODY = 1024 * 1024  # of a batch of entries; the API accepts no larger body


@dataclass(slots=True)
class Pace:
    """A client may fall `seconds` behind a transfer of `rate` bytes a second.

    A fast start gives no credit: a client that sent much at once may not pause for longer than others. The
    whole transfer may take `longest` seconds.
    """

    seconds: float
    rate: float
    longest: float = float("inf")
    behind: float = 0.0
    waited: float = 0.0

    @property
    def seconds_left(self) -> float:
        """The seconds to wait for the next byte."""
        return max(0.0, min(self.seconds - self.behind, self.longest - self.waited))

    def record(self, amount: int, waited: float) -> None:
        """Count bytes, and the seconds of waiting for them."""
        self.waited += waited
        self.behind = max(0.0, self.behind + waited - amount / self.rate)


def for_body() -> Pace:
    """For a request's body: ten seconds, and one more for each 4 KiB.

    Chunk extensions and padding count as bytes, so the whole transfer is limited to the time of the largest
    body.
    """
    return Pace(10.0, BODY_RATE, longest=10.0 + LARGEST_BODY / BODY_RATE)


def for_unread_body() -> Pace:
    """For the unread rest of a body: one second in all."""
    return Pace(1.0, float("inf"))


def for_answer() -> Pace:
    """For an answer: fifteen seconds, and one more for each KiB, because some phones are slow."""
    return Pace(15.0, 1024)
