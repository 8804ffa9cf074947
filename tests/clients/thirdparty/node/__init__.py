"""Packages of npm, pinned by package-lock.json."""
