"""The web server: a gunicorn worker with limits for every client, and a fast path for plain requests."""
