"""The WSGI application, for gunicorn. It patches first, so that every later import is cooperative."""

from gevent import monkey

monkey.patch_all()

from config.settings import load  # noqa: E402
from scoreboard.app import create_app  # noqa: E402
from scoreboard.chaos.permission import permitted_plan  # noqa: E402
from scoreboard.parts import build  # noqa: E402

settings = load()
app = create_app(build(settings, plan=permitted_plan(settings)))
