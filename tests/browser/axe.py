"""Checks the accessibility of pages with axe: the rules of WCAG 2.2, levels A and AA."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
SCHEMES = ("light", "dark")

AXE = Axe()


def expect_accessible(page: Page, *, schemes: tuple[str, ...] = SCHEMES) -> None:
    """Fail if axe finds a violation on the page as it is now, in these colour schemes."""
    violations = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        _settle(page)
        violations += [f"{scheme}: {line}" for line in _violations(page)]
    page.emulate_media(color_scheme="null")

    assert violations == [], "\n".join(["", *violations])


def _settle(page: Page) -> None:
    """Wait until animations end, since half faded text has too little contrast. Endless ones continue."""
    page.evaluate(
        """() => Promise.all(
          document.getAnimations()
            .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
            .map((one) => one.finished.catch(() => null)),
        ).then(() => null)"""
    )


def _violations(page: Page) -> list[str]:
    """A line for each element that breaks a rule: the rule, where, and why."""
    results = AXE.run(page, options=OPTIONS).response
    return [
        f"{rule['id']}: {_selector(node)}: {' '.join(node['failureSummary'].split())}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


def _selector(node: dict) -> str:
    # Inside a shadow root the target is a list of selectors, from outside to inside.
    return " > ".join(" ".join(one) if isinstance(one, list) else one for one in node["target"])
