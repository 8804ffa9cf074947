"""Native threads for work that would block gevent's event loop, and plain calls without gevent."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
Run = Callable[[Callable[[], T]], T]


def uses_gevent() -> bool:
    """True if this process runs on gevent. Never imports gevent: the worker must not."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def native_lock() -> Any:
    """A lock for native threads. gevent's lock, shared by several of them, can stay locked forever."""
    if not uses_gevent():
        return threading.Lock()
    from gevent import monkey

    return monkey.get_original("_thread", "allocate_lock")()


def native_sleep() -> Callable[[float], None]:
    """The sleep function of native threads. gevent's would start an event loop in each."""
    if not uses_gevent():
        return time.sleep
    from gevent import monkey

    return cast("Callable[[float], None]", monkey.get_original("time", "sleep"))


class NativeThreads:
    """Runs each piece of work in one of a few native threads, and waits for it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: Any = None
        if uses_gevent():
            from gevent.threadpool import ThreadPool

            self._pool = ThreadPool(size)

    def run(self, work: Callable[[], T], *, seconds: float | None = None) -> T:
        """Do `work` in a thread of the pool, or in this thread if there is no event loop to block.

        Raises TimeoutError after `seconds`. Work that has not begun by then never begins.
        """
        if self._pool is None:
            return work()
        until = None if seconds is None else time.monotonic() + seconds
        from gevent import Timeout

        try:
            with Timeout(seconds):
                value, error = self._pool.apply(_run_and_catch, (work, until))
        except Timeout:
            raise TimeoutError("the work was not done in time") from None
        if error is not None:
            raise error
        return cast("T", value)

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.kill()


def _run_and_catch(work: Callable[[], T], until: float | None) -> tuple[T | None, BaseException | None]:
    # gevent prints every error that leaves a thread of the pool, expected or not.
    if until is not None and time.monotonic() > until:
        return None, TimeoutError("no caller waits for it any more")
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001
        return None, error
