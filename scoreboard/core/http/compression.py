"""Compressed answers: pages and long texts, by gzip where the client accepts it.

Only answers that hold no secret may be compressed: from the size of an answer that contains a secret and a
text of the attacker's choice, the attacker can guess the secret (the BREACH attack).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request

LEVEL = 5  # of gzip: level 9 takes three times as long and saves one per cent of a page
LEAST_BYTES = 860  # a shorter answer fits into one packet anyway
HELD = 32  # answers for each process: most pages are the same for many visitors


def compress(response: Response) -> Response:
    """Compress an answer if the client accepts that. Returns it."""
    if response.is_streamed or response.status_code == 304 or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.best_match(("gzip",)):
        response.set_data(_pack(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=HELD)
def _pack(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
