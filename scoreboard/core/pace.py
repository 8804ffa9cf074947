"""How slowly a client may send or take something. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """A client may fall `seconds` behind a transfer of `rate` bytes a second.

    A fast start earns nothing: whoever sent much at once may be silent for no longer than others.
    """

    seconds: float
    rate: float
    behind: float = 0.0

    @property
    def left(self) -> float:
        """How many seconds one may wait for the next byte."""
        return max(0.0, self.seconds - self.behind)

    def moved(self, amount: int, waited: float) -> None:
        """Count bytes, and the seconds that were waited for them."""
        self.behind = max(0.0, self.behind + waited - amount / self.rate)


def of_body() -> Pace:
    """Of a request's body: ten seconds, and one more for each 4 KiB."""
    return Pace(10.0, 4096)


def of_unread_body() -> Pace:
    """Of a body that nobody reads: one second in all."""
    return Pace(1.0, float("inf"))


def of_answer() -> Pace:
    """Of an answer: fifteen seconds, and one more for each KiB: some phones are slow."""
    return Pace(15.0, 1024)
