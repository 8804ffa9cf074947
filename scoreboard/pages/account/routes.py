"""The pages of accounts. Their HTML is the same for everybody: scripts call the API with a stored session."""

from __future__ import annotations

from flask import Blueprint, render_template

from scoreboard.core.http.pages import page
from scoreboard.pages import rendering

bp = Blueprint("account", __name__)
bp.after_request(rendering.add_headers)

ACCOUNT_FILES = ("css/account.css", "js/account/")  # kept, since boards load the name dialog from here


@bp.get("/me")
@page(files=ACCOUNT_FILES)
def account_page() -> str:
    """Show the player of this browser, who can change their name and password, and end sessions."""
    return render_template("me.html")


@bp.get("/sign-in")
@page(files=ACCOUNT_FILES)
def sign_in_page() -> str:
    """Show the form by which a registered player signs in."""
    return render_template("sign-in.html")


@bp.get("/register")
@page(files=ACCOUNT_FILES)
def register_page() -> str:
    """Show the form by which a visitor registers. Guests keep their points."""
    return render_template("register.html")
