"""Threads that do their work over and over, while a test breaks things."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self


class Threads:
    """One thread for each of some things. They work while the block lasts, and are waited for at its end."""

    def __init__(self, work: Callable[[Any], None], each: Iterable[Any]) -> None:
        """`work` takes its thing, and goes on until `stopping`."""
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
