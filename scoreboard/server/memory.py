"""Memory of a web process: returning it to the system, and objects that the garbage collector may skip."""

from __future__ import annotations

import contextlib
import ctypes
import gc

# Requests leave few cycles. With Python's thresholds of 700, 10 and 10 they are looked for some hundred times
# a second, and with little that is older, the whole heap is soon looked at too.
THRESHOLDS = 10_000, 20, 50


def give_back_memory() -> None:
    """Return free memory of the allocator: more than a hundred megabytes after thousands of viewers left.

    Without this call glibc returns only the end of its heap. Other C libraries need no such call.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def freeze_startup() -> None:
    """Exclude the present objects, which live as long as the process, from garbage collection.

    Otherwise each full collection looks at all modules, routes and schemas again: 50 ms, in which no request
    is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
