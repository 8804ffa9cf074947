"""One piece of work for all who want it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable


class _Flight:
    """One run of the work, and those who wait for it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.error: BaseException | None = None


class Together:
    """Runs work that many callers want, once for all who came before it began.

    Whoever comes while it runs gets the next run: what it then knows is never older than his call.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running = threading.Lock()
        self._next: _Flight | None = None

    def call(self, work: Callable[[], None]) -> None:
        """Have `work` run after this call began. Raises what it raised."""
        with self._guard:
            flight, leads = self._next, self._next is None
            if flight is None:
                flight = self._next = _Flight()
        if leads:
            self._lead(flight, work)
        else:
            flight.done.wait()
        if flight.error is not None:
            raise flight.error

    def _lead(self, flight: _Flight, work: Callable[[], None]) -> None:
        with self._running:
            with self._guard:
                self._next = None
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - those who wait are told as well
                flight.error = error
            finally:
                flight.done.set()
