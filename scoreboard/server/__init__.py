"""The web server: a gunicorn worker with bounds for every client, and a fast path for plain requests."""
