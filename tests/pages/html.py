"""A pattern of parts that the HTML of pages must not have."""

from __future__ import annotations

import re

# Scripts and styles in the page itself, which our policy forbids. Data for scripts is allowed.
INLINE = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))|\bstyle=|\son[a-z]+=|<style")
