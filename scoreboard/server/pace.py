"""How slowly a client may send or take something. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BODY_RATE = 4096
LARGEST_BODY = 1024 * 1024  # which the API takes: a batch of scores


@dataclass(slots=True)
class Pace:
    """A client may fall `seconds` behind a transfer of `rate` bytes a second.

    A fast start earns nothing: a client that sent much at once may be silent for no longer than others.
    The whole transfer may be waited for `longest` seconds.
    """

    seconds: float
    rate: float
    longest: float = float("inf")
    behind: float = 0.0
    waited: float = 0.0

    @property
    def left(self) -> float:
        """How many seconds one may wait for the next byte."""
        return max(0.0, min(self.seconds - self.behind, self.longest - self.waited))

    def moved(self, amount: int, waited: float) -> None:
        """Count bytes, and the seconds that were waited for them."""
        self.waited += waited
        self.behind = max(0.0, self.behind + waited - amount / self.rate)


def of_body() -> Pace:
    """Of a request's body: ten seconds, and one more for each 4 KiB.

    It ends where the largest body would: extensions and padding of chunks are bytes, and no body.
    """
    return Pace(10.0, BODY_RATE, longest=10.0 + LARGEST_BODY / BODY_RATE)


def of_unread_body() -> Pace:
    """Of a body that nobody reads: one second in all."""
    return Pace(1.0, float("inf"))


def of_answer() -> Pace:
    """Of an answer: fifteen seconds, and one more for each KiB: some phones are slow."""
    return Pace(15.0, 1024)
