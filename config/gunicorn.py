"""gunicorn's settings: gevent workers, and a way out that lets streams say goodbye."""

import sys
import threading

from gunicorn.glogging import Logger
from gunicorn.workers.ggevent import GeventWorker

from config.settings import load, permitted_chaos, refuse_strangers
from scoreboard.core import private
from scoreboard.core.concurrency import processes
from scoreboard.core.logs import configure
from scoreboard.server.fastpath import FastPathWorker
from scoreboard.server.webworker import WebWorker


class JsonLogger(Logger):
    """gunicorn's own lines go where all others go."""

    def setup(self, cfg):
        """Leave the root logger's handler in place."""
        self.error_log.propagate = True
        self.error_log.handlers[:] = []


private.restrict()
processes.allow_many_files()
settings = load()
refuse_strangers(settings)
permitted_chaos(settings)
bind = settings.bind
workers = settings.web_concurrency
# Chaos is for what gunicorn does with a broken connection, too.
fast_path = settings.fast_lane == "on" and not settings.chaos
worker_class = (
    "scoreboard.server.fastpath.FastPathWorker" if fast_path else "scoreboard.server.webworker.WebWorker"
)
# Generators hold a place of these, and requests need some too.
worker_connections = max(2000, settings.stream_max_open * 10 // 7)
timeout = 30  # finds a blocked event loop, not a slow request
graceful_timeout = 25
keepalive = settings.keep_alive_seconds
limit_request_line = 8190  # a hundred players in one query
# No header moves the path or names the scheme: that is for TRUSTED_PROXY_HOPS.
forwarded_allow_ips = forwarder_headers = ""
secure_scheme_headers = {}
preload_app = False  # psycopg and gevent must meet after the fork
control_socket_disable = True
accesslog = None  # the application logs its requests itself, without query strings
logger_class = JsonLogger
configure(settings.log_level)


def post_worker_init(worker):
    """Start this process's background work, and end its streams when it is told to go."""
    # gunicorn looks its settings up through __getattr__, some thirty times a request.
    vars(worker.cfg).update({name: setting.get() for name, setting in worker.cfg.settings.items()})
    if isinstance(worker, WebWorker):
        worker.crowd.limit(settings.connections_of_an_address, settings.free_networks)
        worker.below = settings.below
    parts = worker.wsgi.extensions["parts"]
    # Other workers shut connections down that they think are theirs.
    plain = type(worker) in (GeventWorker, WebWorker, FastPathWorker) and not worker.cfg.is_ssl
    if settings.stream_mode == "handover" and not plain:
        sys.exit("STREAM_MODE=handover needs gunicorn's gevent worker, without TLS")
    if plain and settings.stream_mode != "generator":
        parts.stream.viewers.hand_over()
    parts.start()
    pause = threading.Event()

    def watch():
        while worker.alive:
            pause.wait(0.2)
        parts.leave()

    threading.Thread(target=watch, daemon=True).start()


def worker_exit(server, worker):
    """Let streams say goodbye, and finish what waits to be written."""
    if worker.wsgi is not None:
        worker.wsgi.extensions["parts"].stop()
