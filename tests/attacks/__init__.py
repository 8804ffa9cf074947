"""Attacks from outside, by a stranger who has a socket and no key, on the product as users run it."""
