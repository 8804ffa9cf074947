"""The open streams of a process, served from memory."""
