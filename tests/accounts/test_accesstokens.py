"""Access tokens that were altered or forged: only one algorithm, one purpose and all claims are valid."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import jwt
import pytest

from scoreboard.core.errors import Unauthenticated
from tests.actions.play import Player
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

NOBODY = (401, "unauthenticated")
HOUR_MS = 3_600_000
CHANGES = [
    {"algorithm": "HS384"},
    {"algorithm": "HS512"},
    {"secret": b"another key of thirty-two bytes!"},
    {"header": {"typ": "JWT"}},
    {"header": {"typ": "refresh+jwt"}},
    {"header": {"crit": ["exp"]}},
    {"header": {"b64": False}},
    {"header": {"kid": ""}},
    {"aud": "elsewhere"},
    {"aud": None},
    {"iss": "somebody"},
    {"sub": 7},
    {"roles": []},
    {"roles": {"admin": True}},
    {"iat": "yesterday"},
    {"exp": "tomorrow"},
    {"exp": None},
    *({"without": (claim,)} for claim in ("iss", "aud", "sub", "sid", "iat", "exp", "roles")),
]
STRANGE_KIDS = ["", "..", "../../etc/passwd", "' OR 1=1 --", "\0", "🏆", "x" * 1000, 7, None, ["a"], {}]


@pytest.fixture
def ada(parts):
    return Player(parts)


@pytest.fixture
def forge(ada, parts, clock):
    """Makes tokens that are signed with the valid key, with the changes that the test names."""

    def make(*, algorithm="HS256", secret=None, header=None, without=(), **claims):
        key = parts.ring.signing_key("access")
        good = jwt.decode(ada.session["accessToken"], options={"verify_signature": False})
        content = {name: value for name, value in (good | claims).items() if name not in without}
        headers = {"kid": key.kid, "typ": "at+jwt"} | (header or {})
        return jwt.encode(content, secret or key.secret, algorithm=algorithm, headers=headers)

    return make


def part(text):
    """A part of a token, in base64url."""
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def with_header(ada, **changes):
    """The token of a session, with another header."""
    _, _, rest = ada.session["accessToken"].partition(".")
    header = jwt.get_unverified_header(ada.session["accessToken"])
    return f"{part(json.dumps(header | changes))}.{rest}"


MALFORMED = [
    ".",
    "..",
    "eyJ..",
    "a.b.c",
    "....",
    part("{" * 1000) + "..",
    part("[" * 1400) + ".e30.x",
    part('{"a":' * 280) + ".e30.x",
    part("null") + "." + part("null") + ".",
    "x" * 2048,
    "x" * 2049,
    "x" * 7000,
    "\u00c3\u00bc",
]


def get_me(ada, token):
    """The answer of /v1/me to a token."""
    return ada.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


def is_refused(ada, token):
    """True if the server answers that a token is not valid."""
    answer = get_me(ada, token)
    challenge = answer.headers.get("WWW-Authenticate", "")
    return answer.status_code != 200 and (refusal(answer), challenge) == (NOBODY, 'Bearer realm="scoreboard"')


def test_an_unchanged_forged_token_is_valid(ada, forge):
    assert get_me(ada, forge()).json["data"]["id"] == ada.id


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_with_one_thing_wrong_is_refused(ada, forge):
    assert [changes for changes in CHANGES if not is_refused(ada, forge(**changes))] == []


def test_the_algorithm_that_a_token_names_is_ignored(ada):
    for algorithm in ("RS256", "ES256", "PS256", "hs256", "HS256 ", "", None, 5, []):
        assert is_refused(ada, with_header(ada, alg=algorithm)), algorithm
    for algorithm in ("none", "None", "NONE"):
        assert is_refused(ada, with_header(ada, alg=algorithm).rpartition(".")[0] + "."), algorithm


def test_a_key_of_another_purpose_signs_no_access(ada, forge, parts):
    for purpose in ("action", "stream", "captcha", "ACCESS", ""):
        assert is_refused(ada, forge(secret=parts.ring.signing_key(purpose).secret)), purpose


def test_an_unknown_kid_is_refused(ada):
    for kid in STRANGE_KIDS:
        assert is_refused(ada, with_header(ada, kid=kid)), kid


def test_a_text_that_is_not_a_token_is_refused(ada):
    assert [one for one in MALFORMED if not is_refused(ada, one)] == []


def test_an_access_token_with_a_flipped_bit_is_refused(ada, parts):
    token = ada.session["accessToken"]
    altered = {
        token[:at] + chr(ord(token[at]) ^ 1 << bit) + token[at + 1 :]
        for at in range(len(token))
        for bit in range(7)
    }

    assert [one for one in altered if player_of(parts, one) is not None] == []


def test_an_access_token_has_one_spelling(ada, parts):
    token = ada.session["accessToken"]
    spellings = [token + more for more in ("=", "==", "A", ".", "\n", "!")] + [token.replace(".", "=.", 1)]

    assert player_of(parts, token) is not None
    assert [one for one in spellings if player_of(parts, one) is not None] == []


def player_of(parts, token):
    """The player of a token; None if it is refused."""
    try:
        return parts.accounts.sessions.player(token)
    except Unauthenticated:
        return None


def test_a_token_is_valid_for_fifteen_minutes(ada, clock):
    clock.advance(seconds=899)
    assert get_me(ada, ada.session["accessToken"]).status_code == 200

    clock.advance(seconds=1)

    answer = get_me(ada, ada.session["accessToken"])
    assert refusal(answer) == (401, "token_expired")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_was_read_before_expires_too(ada, forge, parts, clock):
    token = forge()
    assert player_of(parts, token)

    clock.advance(ms=HOUR_MS)

    assert refusal(get_me(ada, token)) == (401, "token_expired")


def test_a_token_of_a_revoked_key_is_refused_though_it_was_read_before(ada, parts):
    token = ada.session["accessToken"]
    assert get_me(ada, token).status_code == 200

    parts.ring.revoke(jwt.get_unverified_header(token)["kid"])

    assert refusal(get_me(ada, token)) == (401, "unauthenticated")
    ada.renew()
    assert get_me(ada, ada.session["accessToken"]).status_code == 200


def test_the_cache_of_verified_tokens_is_bounded(ada, forge, parts, monkeypatch):
    monkeypatch.setattr("scoreboard.accounts.accesstokens.MAX_CACHED", 20)

    for number in range(100):
        player_of(parts, forge(jti=str(number)))
        player_of(parts, forge(jti=str(number))[:-5])

    assert len(parts.accounts.sessions.access._players) <= 20
