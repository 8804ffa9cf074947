"""gunicorn's settings for the bare application: the product's own, with gunicorn's own gevent worker."""

from config.gunicorn import (  # noqa: F401
    accesslog,
    bind,
    control_socket_disable,
    forwarded_allow_ips,
    forwarder_headers,
    graceful_timeout,
    keepalive,
    preload_app,
    secure_scheme_headers,
    timeout,
    worker_connections,
    workers,
)

worker_class = "gevent"
