"""gunicorn's settings: gevent workers, and a shutdown that closes streams in order."""

import os
import sys
import threading

from gunicorn.glogging import Logger
from gunicorn.workers.ggevent import GeventWorker

from config.settings import SettingError, load
from scoreboard.chaos.permission import permitted_plan
from scoreboard.core import private
from scoreboard.core.concurrency import processes
from scoreboard.core.logs import configure
from scoreboard.core.storedsecrets import KEY_FILE, stored_secret
from scoreboard.server.fastpath import FastPathWorker
from scoreboard.server.memory import freeze_startup
from scoreboard.server.webworker import WebWorker


class JsonLogger(Logger):
    """Sends gunicorn's own lines to the handler of all other lines."""

    def setup(self, cfg):
        """Leave the root logger's handler in place."""
        self.error_log.propagate = True
        self.error_log.handlers[:] = []


def require_shared_secret(settings):
    """Raise SettingError if web processes could not read each other's tokens."""
    if settings.web_concurrency > 1 and not settings.secret_key:
        raise SettingError(
            f"SECRET_KEY must be set if WEB_CONCURRENCY is {settings.web_concurrency}: without it each"
            " process makes a secret of its own, and refuses the tokens of the others"
        )


def on_starting(server):
    """Keep the secret of a server that was given none: otherwise all sessions would end with each restart."""
    if settings.secret_key:
        return
    path = settings.data_dir / KEY_FILE
    try:
        private.folder(settings.data_dir)
        os.environ["SECRET_KEY"] = stored_secret(path)  # for the web processes, which are forked later
    except OSError as error:
        server.log.warning("SECRET_KEY is not set and can't be kept in %s: %s", path, error.strerror)
    else:
        server.log.warning("SECRET_KEY is not set: set it to the contents of %s, which is used now", path)


private.restrict()
processes.allow_many_files()
settings = load()
require_shared_secret(settings)
permitted_plan(settings)
bind = settings.bind
workers = settings.web_concurrency
# Chaos also tests gunicorn's handling of broken connections.
fast_path = settings.fast_path == "on" and not settings.chaos
worker_class = (
    "scoreboard.server.fastpath.FastPathWorker" if fast_path else "scoreboard.server.webworker.WebWorker"
)
# Each stream of a generator takes one of these, and requests need some too.
worker_connections = max(2000, settings.stream_max_open * 10 // 7)
timeout = 30  # seconds; it ends a process with a blocked event loop, not a slow request
graceful_timeout = 25
keepalive = settings.keep_alive_seconds
limit_request_line = 8190  # a hundred players in one query
# No header may change the path or the scheme: TRUSTED_PROXY_HOPS tells how many proxies are trusted.
forwarded_allow_ips = forwarder_headers = ""
secure_scheme_headers = {}
preload_app = False  # psycopg must meet gevent after the fork
control_socket_disable = True
accesslog = None  # the application logs its requests itself, without query strings
logger_class = JsonLogger
configure(settings.log_level)


def post_worker_init(worker):
    """Start this process's background work, and close its streams when it is told to stop."""
    # gunicorn looks up its settings through __getattr__, about thirty times per request.
    vars(worker.cfg).update({name: setting.get() for name, setting in worker.cfg.settings.items()})
    if isinstance(worker, WebWorker):
        worker.connections.limit(settings.connections_of_an_address, settings.free_networks)
        worker.below = settings.below
    parts = worker.wsgi.extensions["parts"]
    # Other workers shut down connections that were handed over, since they still count them as theirs.
    can_hand_over = type(worker) in (GeventWorker, WebWorker, FastPathWorker) and not worker.cfg.is_ssl
    if settings.stream_mode == "handover" and not can_hand_over:
        sys.exit("STREAM_MODE=handover needs gunicorn's gevent worker, without TLS")
    if can_hand_over and settings.stream_mode != "generator":
        parts.stream.viewers.hand_over()
    parts.start()
    pause = threading.Event()

    def watch():
        while worker.alive:
            pause.wait(0.2)
        parts.leave()

    threading.Thread(target=watch, daemon=True).start()
    freeze_startup()


def worker_exit(server, worker):
    """Close streams in order, and write the facts that are waiting."""
    if getattr(worker, "wsgi", None) is not None:  # None if the application failed to load
        worker.wsgi.extensions["parts"].stop()
