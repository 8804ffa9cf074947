"""The key ring as a process read it last. It is immutable: a new read replaces it."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.core.signing import derive
from scoreboard.keyring.rules import opens, signing_term, terms
from scoreboard.keyring.types import Key, RingKey
from scoreboard.keyring.vault import Vault


class KnownKeys:
    """Keys of the ring with their terms, and the keys derived from readable ones."""

    def __init__(self, keys: Sequence[RingKey], vault: Vault) -> None:
        roots = {key.kid: vault.unseal(key.kid, key.sealed) for key in keys}
        self.keys = keys
        self.unreadable = frozenset(kid for kid, root in roots.items() if root is None)
        self.terms = terms(keys, self.unreadable)
        self.newest = max(keys, key=lambda key: key.seq).kid if keys else ""
        self._roots = {kid: root for kid, root in roots.items() if root is not None}
        self._terms = {term.kid: term for term in self.terms}
        self._derived: dict[tuple[str, str], Key] = {}

    def __contains__(self, kid: str) -> bool:
        return kid in self._terms

    def signing_key(self, purpose: str, at: int) -> Key | None:
        """The key that signs for a purpose; None if none does."""
        term = signing_term(self.terms, at)
        return None if term is None else self._key(purpose, term.kid)

    def opening_key(self, purpose: str, kid: str, at: int) -> Key | None:
        """The key of this kid for a purpose; None if it does not open."""
        term = self._terms.get(kid)
        return self._key(purpose, kid) if term is not None and opens(term, at) else None

    def kids_that_open(self, at: int) -> frozenset[str]:
        """The kids of the keys that open."""
        return frozenset(term.kid for term in self.terms if opens(term, at))

    def _key(self, purpose: str, kid: str) -> Key:
        key = self._derived.get((purpose, kid))
        if key is None:
            key = Key(kid=kid, secret=derive(self._roots[kid], purpose))
            self._derived[purpose, kid] = key
        return key
