"""For processes with a faked clock: sleeping until a moment is what libfaketime 0.9.10 gets wrong."""

from __future__ import annotations

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
