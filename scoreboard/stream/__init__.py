"""The live stream: boards as snapshots and deltas, numbered, with checksums."""
