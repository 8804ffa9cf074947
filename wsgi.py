"""The WSGI application, for gunicorn: patches first, so that every later import is cooperative."""

from gevent import monkey

monkey.patch_all()

from config.settings import load, permitted_chaos  # noqa: E402
from scoreboard.app import create_app  # noqa: E402
from scoreboard.parts import build  # noqa: E402

settings = load()
app = create_app(build(settings, plan=permitted_chaos(settings)))
