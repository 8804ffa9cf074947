"""For processes with a faked clock: libfaketime 0.9.10 breaks sleeping until a point in time."""

from __future__ import annotations

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
