"""The parsers of untrusted input, each as a function of bytes that raises if the parser is broken.

A parser returns, or raises an error that it documents, within 50 ms. Some words in the bytes stand for values
that fuzzing can't guess: KID for the id of a key, GOOD for a valid token, SORT for a sort key.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from scoreboard.accounts.types import Account, Player
from scoreboard.actions import tokens as action_tokens
from scoreboard.actions.types import OpenedToken
from scoreboard.app import create_app
from scoreboard.boards import cursors
from scoreboard.boards.order import Order
from scoreboard.boards.types import Definition, Place, Window
from scoreboard.core.errors import BadRequest, Unauthenticated, ValidationFailed
from scoreboard.core.http.addresses import UNKNOWN, Addresses
from scoreboard.core.http.bodies import convert, parse_json, query
from scoreboard.core.http.openapi import description_of
from scoreboard.core.signing import seal
from scoreboard.parts import Parts, build
from scoreboard.stream.protocol.types import Cursor
from scoreboard.stream.publishing.edge import last_seen
from tests.support import FrozenClock

Target = Callable[[bytes], None]

MAX_SECONDS = 0.05
PLAYER = "ada"
ORDER = Order(Definition(), layout=3)
SORT = "g" * ORDER.width
PAGE = cursors.write(
    Window("main", "all", ""), 3, Place(key=SORT, player=PLAYER, position=0, ahead=0, tiers=0)
)


@contextlib.contextmanager
def targets(folder: Path) -> Iterator[dict[str, Target]]:
    """All targets by their names. `folder` gets a database with the keys."""
    # With a frozen clock no token expires.
    parts = build(Settings(data_dir=folder, secret_key="x" * 32), clock=FrozenClock())
    try:
        parts.base.migrate()
        parts.ring.ensure()
        yield {
            name: limit_time(target) for name, target in (_of_keys(parts) | _of_shapes(parts) | PLAIN).items()
        }
    finally:
        parts.close()


def limit_time(target: Target) -> Target:
    """A target that also fails if it takes more than 50 ms of processor time in each of three runs."""

    def run(data: bytes) -> None:
        took = _seconds(target, data)
        if took > MAX_SECONDS:
            took = min(took, *(_seconds(target, data) for _ in range(2)))
        assert took <= MAX_SECONDS, f"took {took * 1000:.0f} ms"

    return run


def _seconds(target: Target, data: bytes) -> float:
    began = time.thread_time()
    target(data)
    return time.thread_time() - began


# Tokens


def _of_keys(parts: Parts) -> dict[str, Target]:
    sealed = parts.ring.signing_key(action_tokens.PURPOSE)
    ticket = OpenedToken(
        **dict.fromkeys(OpenedToken.__struct_fields__, 0)
        | {"id": b"0" * 16, "player": PLAYER, "action": "jump", "boards": (("main", 1),), "region": ""}
        | {
            "claimed": False,
            "caps": (None, 9),
            "exclusive": False,
            "bound": False,
            "device": "",
            "client": "",
        }
    )
    good = parts.actions.service.tokens.seal(ticket)
    account = Account(
        id=PLAYER, username=None, display_name="Ada", region=None, role="player", scoring=True, created_at=0
    )
    access = parts.accounts.sessions.access.issue("0" * 32, account)
    holder = parts.accounts.sessions.access.read(access)
    refresh = parts.accounts.sessions.refresh.write("0" * 32, 3)
    opens = parts.stream.tickets.issue(holder)

    def action_token(data: bytes) -> None:
        text = _text(data, sealed.kid, good)
        with contextlib.suppress(BadRequest):
            assert parts.actions.service.tokens.open(text, PLAYER) == ticket
            assert text == good, "a second token of one ticket"

    def sealed_ticket(data: bytes) -> None:
        associated = f"{action_tokens.VERSION}|{action_tokens.PURPOSE}|{sealed.kid}".encode()
        text = urlsafe_b64encode(seal(sealed.secret, data, associated)).rstrip(b"=").decode()
        with contextlib.suppress(BadRequest):
            parts.actions.service.tokens.open(f"{action_tokens.VERSION}.{sealed.kid}.{text}", PLAYER)

    def access_token(data: bytes) -> None:
        text = _text(data, parts.ring.signing_key("access").kid, access, "latin-1")
        with contextlib.suppress(Unauthenticated):
            assert parts.accounts.sessions.access.read(text) == holder
            assert text == access, "a second token of one session"

    def signed_claims(data: bytes) -> None:
        key = parts.ring.signing_key("access")
        header, _, claims = data.replace(b"KID", key.kid.encode()).partition(b"\n")
        body = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims))
        mac = urlsafe_b64encode(hmac.digest(key.secret, body, hashlib.sha256)).rstrip(b"=")
        with contextlib.suppress(Unauthenticated):
            assert isinstance(parts.accounts.sessions.access.read((body + b"." + mac).decode()), Player)

    def refresh_token(data: bytes) -> None:
        text = _text(data, "0" * 32, refresh)
        if parts.accounts.sessions.refresh.read(text) is not None:
            assert text == refresh, "a second token of one generation"

    def stream_ticket(data: bytes) -> None:
        text = _text(data, parts.ring.signing_key("stream").kid, opens)
        with contextlib.suppress(Unauthenticated):
            assert parts.stream.tickets.open(text)[0].player == PLAYER
            assert text == opens, "a second ticket of one session"

    return {
        "action-token": action_token,
        "sealed-ticket": sealed_ticket,
        "access-token": access_token,
        "signed-claims": signed_claims,
        "refresh-token": refresh_token,
        "stream-ticket": stream_ticket,
    }


def _text(data: bytes, kid: str, good: str, encoding: str = "utf-8") -> str:
    return data.decode(encoding, "replace").replace("KID", kid).replace("GOOD", good)


# Cursors


def page_cursor(data: bytes) -> None:
    """A cursor of a list, and the text inside of one."""
    inside = urlsafe_b64encode(data.replace(b"SORT", SORT.encode())).rstrip(b"=").decode()
    for text in (_text(data, "", PAGE), inside):
        with contextlib.suppress(BadRequest):
            window, key, player = cursors.read(text, "main", ORDER)
            assert (window.board, len(key)) == ("main", ORDER.width)
            assert player.isprintable()
            assert player


def stream_cursor(data: bytes) -> None:
    """`since`, Last-Event-ID, and the last ids that an edge reports."""
    text = data.decode("latin-1")
    cursor = Cursor.parse(text)
    if cursor is not None:
        assert [int(part) for part in text.split("-")] == [cursor.epoch, cursor.seq]
    oldest = last_seen([text, "b-main; last-id=5-5"])
    assert Cursor.parse(oldest) <= Cursor(5, 5)


# Addresses


def forwarded(data: bytes) -> None:
    """X-Forwarded-For and X-Forwarded-Proto, through no proxy, one and two."""
    chain, _, scheme = data.decode("latin-1").partition("\n")
    for hops in range(3):
        addresses, seen = Addresses(hops=hops, _warned=True), []
        environ = {"REMOTE_ADDR": "10.0.0.1", "wsgi.url_scheme": "http", "SERVER_PORT": "80"}
        environ |= {"HTTP_HOST": "here", "HTTP_X_FORWARDED_FOR": chain, "HTTP_X_FORWARDED_PROTO": scheme}
        application = addresses.through(
            lambda environ, start, of=addresses.of, seen=seen: seen.append(of(environ))
        )
        application(environ, None)
        assert seen != [UNKNOWN], "the proxy itself has an address"
        assert ipaddress.ip_network(seen[0])
        assert hops or seen == ["10.0.0.1"], "without a trusted proxy the header is ignored"


# Bodies


def _of_shapes(parts: Parts) -> dict[str, Target]:
    descriptions = [description_of(view) for view in create_app(parts).view_functions.values()]
    bodies = {one.body for one in descriptions if one and one.body}
    queries = {one.query for one in descriptions if one and one.query}

    def body(data: bytes) -> None:
        try:
            value = parse_json(data)
        except BadRequest:
            return
        # An accepted value can be stored, and sent back unchanged.
        assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value
        msgspec.json.encode(value)
        for shape in bodies:
            with contextlib.suppress(ValidationFailed):
                convert(value, shape)

    def arguments(data: bytes) -> None:
        parameters = MultiDict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))
        for shape in queries:
            with contextlib.suppress(ValidationFailed):
                query(parameters, shape)

    return {"body": body, "query": arguments}


PLAIN: dict[str, Target] = {
    "page-cursor": page_cursor,
    "stream-cursor": stream_cursor,
    "forwarded": forwarded,
}
