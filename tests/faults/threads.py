"""Threads that work in a loop while a test injects faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self


class Threads:
    """One thread for each item. The threads work while the block lasts, and are joined at its end."""

    def __init__(self, work: Callable[[Any], None], each: Iterable[Any]) -> None:
        """`work` gets its item, and continues until `stopping`."""
        self.stopping = threading.Event()
        self._threads = [threading.Thread(target=work, args=(one,)) for one in each]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join()
