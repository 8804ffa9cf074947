"""Keys for one purpose, and data sealed with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.core.signing import UnsealError, derive, seal, unseal

KEY, OTHER = derive(b"a secret", "one"), derive(b"a secret", "other")


def test_a_derived_key_is_that_of_the_standard():
    derived = derive(b"\x0b" * 22, "")  # RFC 5869, test case 3

    assert derived.hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_purposes_and_secrets_have_keys_of_their_own():
    keys = {derive(secret, purpose) for secret in (b"a", b"b") for purpose in ("one", "other")}

    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


@given(data=st.binary(max_size=200), associated=st.binary(max_size=50))
def test_sealed_data_is_unsealed(data, associated):
    assert unseal(KEY, seal(KEY, data, associated), associated) == data


def test_the_same_data_is_never_sealed_alike():
    assert len({seal(KEY, b"data", b"") for _ in range(100)}) == 100


@given(data=st.binary(max_size=40), at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(data, at, bit):
    sealed = bytearray(seal(KEY, data, b"use"))
    sealed[at % len(sealed)] ^= 1 << bit

    with pytest.raises(UnsealError):
        unseal(KEY, bytes(sealed), b"use")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, 31])
def test_shortened_data_is_not_unsealed(length):
    with pytest.raises(UnsealError):
        unseal(KEY, seal(KEY, b"data", b"use")[:length], b"use")


def test_another_key_or_another_use_opens_nothing():
    sealed = seal(KEY, b"data", b"use")

    for key, use in ((OTHER, b"use"), (KEY, b"other"), (KEY, b"")):
        with pytest.raises(UnsealError):
            unseal(key, sealed, use)
