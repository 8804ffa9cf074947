"""Pages over HTTP: the rows are in the first HTML, and a script keeps them moving."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("pages", __name__)
