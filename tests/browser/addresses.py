"""The web pages that every test of accessibility and of small screens visits, by their routes.

tests/pages/test_registration.py compares the routes with the registered pages: a new page fails there until
it has an address here.
"""

from __future__ import annotations

ADDRESSES = {
    "/": "/",
    "/boards": "/boards",
    "/b/<board>": "/b/nope",
    "/b/<board>/periods": "/b/main/periods",
    "/play": "/play",
    "/me": "/me",
    "/sign-in": "/sign-in",
    "/register": "/register",
    "/docs": "/docs",
    "/docs/api": "/docs/api",
    "/docs/events": "/docs/events",
    "/docs/embed": "/docs/embed",
    "/problems": "/problems",
    "/problems/<slug>": "/problems/rate-limited",
    "/offline": "/offline",
}
ELSEWHERE = {  # routes with tests of their own, for another layout or for their data
    "/b/<board>/tv": "tests/browser/test_limits.py",
    "/overlay/<board>": "tests/browser/test_limits.py",
    "/embed/<board>": "tests/browser/test_limits.py",
    "/p/<player>": "tests/browser/test_finding.py",
}
PAGES = tuple(ADDRESSES.values())
