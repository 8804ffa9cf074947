"""gunicorn's settings of the product, with a greenlet that notes how long other work keeps it waiting.

SIGUSR2 forgets what was noted before. SIGUSR1 writes the longest pause into the file that PAUSES names: in
milliseconds, the time that passed and the processor time of the event loop's thread in it.
"""

import json
import os
import signal
import time
from pathlib import Path

import gevent

from config.gunicorn import *  # noqa: F403
from config.gunicorn import post_worker_init as start_product

TICK_SECONDS = 0.001
longest = {"passed": 0.0, "worked": 0.0}


def post_worker_init(worker):
    """Start the product's background work, and the greenlet."""
    start_product(worker)
    signal.signal(signal.SIGUSR2, lambda signum, frame: longest.update(passed=0.0, worked=0.0))
    signal.signal(signal.SIGUSR1, lambda signum, frame: _write())
    gevent.spawn(_watch)


def _watch():
    while True:
        passed, worked = time.perf_counter(), time.thread_time()
        gevent.sleep(TICK_SECONDS)
        passed, worked = time.perf_counter() - passed - TICK_SECONDS, time.thread_time() - worked
        longest["passed"] = max(longest["passed"], passed)
        longest["worked"] = max(longest["worked"], worked)


def _write():
    found = Path(os.environ["PAUSES"])
    new = found.with_suffix(".new")
    new.write_text(json.dumps({name: 1000 * seconds for name, seconds in longest.items()}))
    new.rename(found)
