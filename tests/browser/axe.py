"""Checks the accessibility of pages with axe: the rules of WCAG 2.2, levels A and AA."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOUR_RULES = ("color-contrast", "link-in-text-block")  # of these tags; axe's category is cat.color
ALL, COLOURS = {"type": "tag", "values": TAGS}, {"type": "rule", "values": COLOUR_RULES}
SCHEMES = ("light", "dark")

# One axe for a page. It need not load the style sheets again: only an experimental rule reads them.
RUN = """async (runOnly) => {
  const options = { runOnly, resultTypes: ["violations"], preload: { assets: ["media"] } }
  return (await axe.run(document, options)).violations
}"""

# All that rules look at but colours: elements, attributes and texts, also in shadow roots, and boxes.
CONTENT = """() => {
  const boxes = (root) => [...root.querySelectorAll("*")].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect()
    const shadow = one.shadowRoot ? [one.shadowRoot.innerHTML, boxes(one.shadowRoot)] : 0
    return [x, y, width, height, one.checkVisibility({ visibilityProperty: true }), shadow]
  })
  return JSON.stringify([document.documentElement.outerHTML, boxes(document)])
}"""

SCRIPT = Axe().axe_script


def expect_accessible(page: Page, *, schemes: tuple[str, ...] = SCHEMES) -> None:
    """Fail if axe finds a violation on the page as it is now, in these colour schemes.

    All rules take a second of processor time. Where another scheme changed nothing but colours, only the
    rules about colours run again.
    """
    violations, checked = [], None
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        _settle(page)
        content = page.evaluate(CONTENT)
        rules = COLOURS if content == checked else ALL
        violations += [f"{scheme}: {line}" for line in _violations(page, rules)]
        checked = content
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


def _violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """A line for each element that breaks one of these rules: the rule, where, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return [
        f"{rule['id']}: {_selector(node)}: {' '.join(node['failureSummary'].split())}"
        for rule in page.evaluate(RUN, rules)
        for node in rule["nodes"]
    ]


def _selector(node: dict[str, Any]) -> str:
    # Inside a shadow root the target is a list of selectors, from outside to inside.
    return " > ".join(" ".join(one) if isinstance(one, list) else one for one in node["target"])
