"""The counters of a process's streams: their declarations, and the object that increments them."""

from __future__ import annotations

from scoreboard.core.metrics import Counter, Metrics

OPENED = Counter("stream_opened", "Streams opened", "carrier")
CLOSED = Counter("stream_closed", "Streams closed, by reason", "why")
REFUSED = Counter("stream_refused", "Streams refused, by reason", "why")
BYES = Counter("stream_byes", "Streams that the server ended with a bye frame, by code", "code")
RESUMES = Counter("stream_resumes", "Streams opened, by whether the cursor could be resumed", "how")
CONFLATED = Counter("stream_conflated", "Times that a slow viewer was skipped, to be sent fewer frames later")
FRAMES_SENT = Counter("stream_frames_sent", "Frames sent to viewers", "carrier")
BYTES_SENT = Counter("stream_bytes_sent", "Bytes sent to viewers", "carrier")
FANOUT_SECONDS = Counter("stream_spread_seconds", "Time spent writing frames to all viewers")
FANOUTS = Counter("stream_spreads", "Rounds of writing frames to all viewers")


class StreamCounts:
    """The counters of one process's streams, each bound to the process's metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self.opened = metrics.bind(OPENED)
        self.closed = metrics.bind(CLOSED)
        self.refused = metrics.bind(REFUSED)
        self.byes = metrics.bind(BYES)
        self.resumes = metrics.bind(RESUMES)
        self.conflated = metrics.bind(CONFLATED)
        self._frames_sent = metrics.bind(FRAMES_SENT)
        self._bytes_sent = metrics.bind(BYTES_SENT)
        self._fanout_seconds = metrics.bind(FANOUT_SECONDS)
        self._fanouts = metrics.bind(FANOUTS)

    def add_fanout(self, seconds: float) -> None:
        """Count one round of writing to all viewers, and the time that it took."""
        self._fanout_seconds.inc(by=seconds)
        self._fanouts.inc()

    def add_sent(self, carrier: str, viewers: int, frames: int, size: int) -> None:
        """Count frames sent to viewers. Each viewer got `frames` frames of `size` bytes together."""
        self._frames_sent.inc(carrier, by=viewers * frames)
        self._bytes_sent.inc(carrier, by=viewers * size)
