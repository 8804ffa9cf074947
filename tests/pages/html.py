"""What the HTML of pages must not hold."""

from __future__ import annotations

import re

# Scripts and styles in the page itself, which our policy forbids; data for scripts is none.
INLINE = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))|\bstyle=|\son[a-z]+=|<style")
