"""Attacks from outside, with a socket and without a key, on the product as users run it."""
