"""Pages for developers: the guide, the stream inspector, the embed builder and the error codes."""
