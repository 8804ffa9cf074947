"""Altered, forged and foreign action tokens all get the same answer."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest

from scoreboard.core.errors import BadRequest
from scoreboard.core.signing import seal
from tests.actions.play import Player, define, proof
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

BAD = ("invalid_action_token", "Invalid action token. Request a new one.")
STRANGE = [
    "",
    ".",
    "sb1",
    "sb1..",
    "sb1.0123456789ab.",
    "sb1.0123456789ab.AAAA",
    "\0",
    "sb1.\0.\0",
    "tökën",
    "🏆" * 20,
    "sb1." + "k" * 60_000,
    12345,
    1.5,
    True,
    None,
    [],
    {"sb1": 1},
]


def opens(parts, token, player):
    """True if a token can be opened."""
    try:
        parts.actions.service.tokens.open(token, player)
    except BadRequest as error:
        if (error.code, error.detail) == BAD:
            return False
        raise
    return True


def sealed_for(parts, purpose, content, associated):
    """A token that is sealed for another purpose, with the key that signs now."""
    key = parts.ring.signing_key(purpose)
    text = urlsafe_b64encode(seal(key.secret, content, associated.format(kid=key.kid).encode()))
    return f"sb1.{key.kid}.{text.rstrip(b'=').decode()}"


def content_of(parts, token):
    """The content of a token before it was sealed."""
    return msgspec.msgpack.encode(parts.actions.service.tokens._unseal(token))


def test_a_token_with_a_flipped_bit_does_not_open(ada, parts):
    token = ada.request()["actionToken"]
    altered = [
        token[:at] + chr(ord(token[at]) ^ 1 << bit) + token[at + 1 :]
        for at in range(len(token))
        for bit in range(8)
    ]

    assert opens(parts, token, ada.id)
    assert not any(opens(parts, one, ada.id) for one in altered)


def test_every_flipped_bit_of_a_sealed_token_is_detected(ada, parts):
    head, _, text = ada.request()["actionToken"].rpartition(".")
    sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))

    for bit in range(8 * len(sealed)):
        changed = (int.from_bytes(sealed) ^ 1 << bit).to_bytes(len(sealed))
        one = f"{head}.{urlsafe_b64encode(changed).rstrip(b'=').decode()}"
        assert not opens(parts, one, ada.id), bit


def test_no_cut_or_longer_token_opens(ada, parts):
    token = ada.request()["actionToken"]
    others = [token[:at] for at in range(len(token))] + [token[at:] for at in range(1, len(token))]
    others += [token + more for more in ("=", "==", "A", ".", " ", "\n", "\0")]
    others += [" " + token, token.upper(), token.replace("-", "+").replace("_", "/") + "=", token * 2]

    assert not any(opens(parts, one, ada.id) for one in others)


def test_a_token_has_one_spelling(ada, parts):
    """Two texts that open as the same token would give two challenges for one action."""
    token = ada.request()["actionToken"]
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/"

    assert [one for one in last if opens(parts, token[:-1] + one, ada.id)] == [token[-1]]


def test_a_token_is_not_valid_for_another_player(ada, parts):
    bob = Player(parts)
    issued_token = ada.request()

    assert refusal(bob.complete(issued_token)) == (400, "invalid_action_token")
    assert ada.complete(issued_token).status_code == 200
    assert refusal(bob.complete(issued_token)) == (400, "invalid_action_token")


@pytest.mark.parametrize("purpose", ["access", "stream", "captcha", "refresh"])
def test_data_sealed_for_another_purpose_does_not_open(ada, parts, purpose):
    content = content_of(parts, ada.request()["actionToken"])

    for associated in ("sb1|action|{kid}", f"sb1|{purpose}|{{kid}}"):
        assert not opens(parts, sealed_for(parts, purpose, content, associated), ada.id)
    assert opens(parts, sealed_for(parts, "action", content, "sb1|action|{kid}"), ada.id)


def test_data_sealed_for_another_use_of_the_same_key_does_not_open(ada, parts):
    content = content_of(parts, ada.request()["actionToken"])

    for associated in ("", "sb1|stream|{kid}", "sb1|action|", "sb2|action|{kid}"):
        assert not opens(parts, sealed_for(parts, "action", content, associated), ada.id)


def test_sealed_data_of_another_shape_is_not_a_token(ada, parts):
    for content in (b"", b"\x00", b"\xc1", b"\x90", b"{}", b"\x9f" * 20, b"\x91\xc0"):
        assert not opens(parts, sealed_for(parts, "action", content, "sb1|action|{kid}"), ada.id)


def test_tokens_of_one_kind_are_not_valid_as_another(ada, parts):
    action, access, refresh = (
        ada.request()["actionToken"],
        ada.session["accessToken"],
        ada.session["refreshToken"],
    )
    renew = "/v1/auth/refresh"

    assert not opens(parts, access, ada.id)
    assert not opens(parts, refresh, ada.id)
    for token in (action, access):
        assert refusal(ada.http.post(renew, json={"refreshToken": token[:256]}))[0] == 401
    for token in (action, refresh):
        headers = {"Authorization": f"Bearer {token}"}
        assert refusal(ada.http.get("/v1/me", headers=headers)) == (401, "unauthenticated")
    assert ada.http.post(renew, json={"refreshToken": refresh}).status_code == 200


def test_a_token_is_valid_as_long_as_its_key(ada, parts, clock):
    define(parts, "away", offline=True)
    issued_token = ada.request("away")
    clock.advance(seconds=3600 * 12)
    parts.ring.ensure()
    clock.advance(days=1, seconds=-3600 * 12 - 1)
    parts.ring.ensure()
    assert opens(parts, issued_token["actionToken"], ada.id)

    clock.advance(days=2)
    parts.ring.ensure()

    assert not opens(parts, issued_token["actionToken"], ada.id)


def test_a_revoked_key_opens_nothing_in_any_process(ada, parts, make_parts, database_url):
    other = make_parts(database_url)
    issued_token = ada.request()
    parts.ring.revoke(issued_token["actionToken"].split(".")[1])
    other.ring.ensure()

    assert not opens(parts, issued_token["actionToken"], ada.id)
    assert not opens(other, issued_token["actionToken"], ada.id)


def test_all_bad_tokens_get_the_same_answer(ada, parts):
    define(parts, "bound", bindDevice=True)
    good, bound = ada.request(), ada.request("bound", deviceId="d1")
    token = good["actionToken"]
    kid, text = token.split(".")[1:]
    tokens = [
        *STRANGE,
        token[:-1],
        token[:30] + ("A" if token[30] != "A" else "B") + token[31:],
        f"sb1.{kid[::-1]}.{text}",
        f"sb2.{kid}.{text}",
        Player(parts).request()["actionToken"],
        ada.session["accessToken"],
        ada.session["refreshToken"],
        bound["actionToken"],
    ]

    answers = [
        ada.http.post(
            "/v1/actions/complete",
            json={"actionToken": one, "proof": proof(good)},
            headers={"X-Request-Id": "same"},
        )
        for one in tokens
    ]

    assert refusal(answers[0]) == (400, "invalid_action_token")
    assert {answer.data for answer in answers} == {answers[0].data}
    assert {answer.status for answer in answers} == {answers[0].status}
    assert ada.complete(good).status_code == 200


def test_a_token_in_a_body_that_is_too_large_is_not_even_read(ada):
    answer = ada.send({"actionToken": "x" * 70_000})

    assert refusal(answer) == (413, "body_too_large")
