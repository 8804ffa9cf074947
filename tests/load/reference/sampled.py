"""gunicorn's settings of the product, with a sampler: where the web process's time goes.

Every millisecond of processor time notes which functions are being run; SAMPLES names the file.
SIGUSR2 forgets what was noted before, SIGUSR1 ends the noting.
"""

import json
import os
import signal
import threading
from collections import Counter
from pathlib import Path

from config.gunicorn import *  # noqa: F403
from config.gunicorn import post_worker_init as start_product
from config.gunicorn import worker_exit as stop_product

SECONDS = 0.001
inclusive, leaves = Counter(), Counter()


def post_worker_init(worker):
    """Start the product's background work, and the sampler."""
    start_product(worker)
    signal.signal(signal.SIGPROF, _note)
    signal.signal(signal.SIGUSR2, _forget)
    signal.signal(signal.SIGUSR1, _keep)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)


def worker_exit(server, worker):
    """Keep what was noted."""
    _keep()
    stop_product(server, worker)


def _keep(*_signal):
    signal.setitimer(signal.ITIMER_PROF, 0)
    found, kept = Path(os.environ["SAMPLES"]), Path(os.environ["SAMPLES"] + ".new")
    if not found.exists():
        kept.write_text(json.dumps({"inclusive": inclusive, "leaves": leaves}))
        kept.rename(found)


def _forget(signum, frame):
    inclusive.clear()
    leaves.clear()


def _note(signum, frame):
    leaves[_name(frame.f_code)] += 1
    seen = set()
    while frame is not None:
        seen.add(frame.f_code)
        frame = frame.f_back
    inclusive.update(map(_name, seen))


def _name(code):
    path = code.co_filename.rpartition("site-packages/")[2].removeprefix(f"{Path.cwd()}/")
    return f"{path}:{code.co_firstlineno} {code.co_name}"


assert threading.current_thread() is threading.main_thread()
