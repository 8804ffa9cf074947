"""The product with one more endpoint, which answers a constant: the least that any of its requests costs."""

from scoreboard.core.http.answers import answer
from scoreboard.core.http.conventions import as_flask_view
from tests.load.reference import FLOOR_PATH
from wsgi import app


def floor(call):
    """Answer, and do nothing."""
    return answer({"ok": True})


app.add_url_rule(FLOOR_PATH, view_func=as_flask_view(floor), methods=["GET"])
