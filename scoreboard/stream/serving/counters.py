"""What is counted of the streams of a process, and the counters bound once."""

from __future__ import annotations

from scoreboard.core.metrics import Counter, Metrics

OPENED = Counter("stream_opened", "Streams opened", "carrier")
CLOSED = Counter("stream_closed", "Streams closed, by reason", "why")
REFUSED = Counter("stream_refused", "Streams refused, by reason", "why")
BYES = Counter("stream_byes", "Streams sent away, by code", "code")
RESUMES = Counter("stream_resumes", "Streams opened, by whether the cursor could be resumed", "how")
CONFLATED = Counter("stream_conflated", "Frames that a slow viewer was not sent one by one")
FRAMES_SENT = Counter("stream_frames_sent", "Frames sent to viewers", "carrier")
BYTES_SENT = Counter("stream_bytes_sent", "Bytes sent to viewers", "carrier")
FANOUT_SECONDS = Counter("stream_spread_seconds", "Time spent writing frames to all viewers")
FANOUTS = Counter("stream_spreads", "Rounds of writing frames to all viewers")


class StreamCounts:
    """The counters of one process's streams."""

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

    def fanout(self, seconds: float) -> None:
        """Writing to all viewers took so long."""
        self._fanout_seconds.inc(by=seconds)
        self._fanouts.inc()

    def sent(self, carrier: str, viewers: int, frames: int, size: int) -> None:
        """So many viewers were sent so many frames, in so many bytes each."""
        self._frames_sent.inc(carrier, by=viewers * frames)
        self._bytes_sent.inc(carrier, by=viewers * size)
