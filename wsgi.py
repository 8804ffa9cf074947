"""The WSGI application, for gunicorn: patches first, so that every later import is cooperative."""

from gevent import monkey

monkey.patch_all()

from config.settings import load  # noqa: E402
from scoreboard.app import create_app  # noqa: E402
from scoreboard.parts import build  # noqa: E402

app = create_app(build(load()))
