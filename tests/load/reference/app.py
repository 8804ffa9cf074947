"""A bare Flask application: what a request costs before anybody does anything."""

from gevent import monkey

monkey.patch_all()

from flask import Flask  # noqa: E402

app = Flask("reference")


@app.route("/", defaults={"path": ""})
@app.route("/<path:path>", methods=["GET", "POST"])
def hello(path):
    """Answer, and do nothing."""
    return {"ok": True}
