"""gunicorn's settings for the bare application: the product's own, without its hooks."""

from config.gunicorn import (  # noqa: F401
    accesslog,
    bind,
    control_socket_disable,
    graceful_timeout,
    keepalive,
    preload_app,
    timeout,
    worker_class,
    worker_connections,
    workers,
)
