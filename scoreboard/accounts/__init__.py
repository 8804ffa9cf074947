"""Accounts: players with their sessions, passwords and display names, and server keys with their scopes."""
