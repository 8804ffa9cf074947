"""Modules that all features use. They import no feature."""
