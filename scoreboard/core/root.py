"""The folder of the product's files: pages, texts, samples and default configuration."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent.parent
BUNDLED = PACKAGE / "_bundled"  # a wheel has a copy of the files here, laid out as in the checkout
IS_BUNDLED = BUNDLED.is_dir()
ROOT = BUNDLED if IS_BUNDLED else PACKAGE.parent
