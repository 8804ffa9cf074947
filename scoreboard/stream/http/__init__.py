"""Requests for streams, and responses that do not end."""
