"""`make smoke`, but for what it installs."""

from __future__ import annotations

import sys

from tests.smoke import run


def test_a_smoke_run_starts_the_product_sends_a_first_score_and_sees_it_streamed(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PYTHON", sys.executable)

    assert run.play(tmp_path) == ""


def test_a_smoke_run_says_why_a_product_does_not_start(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PYTHON", sys.executable)
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    assert "LOG_LEVEL must be" in run.play(tmp_path)
