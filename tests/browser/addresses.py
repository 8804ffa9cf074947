"""The web pages that every test of accessibility and of small screens visits, by their routes.

tests/pages/test_registration.py compares the routes with the registered pages: a new page fails there until
it has an address here.
"""

from __future__ import annotations

ADDRESSES = {
    "/": "/",
    "/b/<board>": "/b/nope",
    "/b/<board>/periods": "/b/main/periods",
    "/play": "/play",
    "/docs": "/docs",
    "/docs/events": "/docs/events",
    "/docs/embed": "/docs/embed",
    "/problems": "/problems",
    "/problems/<slug>": "/problems/rate-limited",
    "/offline": "/offline",
    "/boards": "/boards",
    "/p/<player>": "/p/nobody",
}
ELSEWHERE = {  # routes with tests of their own, because they have no header or another layout
    "/b/<board>/tv": "tests/browser/test_limits.py",
    "/overlay/<board>": "tests/browser/test_limits.py",
    "/embed/<board>": "tests/browser/test_limits.py",
    "/docs/api": "tests/browser/test_reference.py",  # the page of Swagger UI
}
PAGES = tuple(ADDRESSES.values())
