"""Python's plural rules are those of the browser."""

from __future__ import annotations

import json
import subprocess

from scoreboard.pages.plurals import RULES, plural

NUMBERS = [*range(250), 1000, 1001, 10**6 - 1, 10**6, 10**6 + 1, 2 * 10**6, 3 * 10**9]
ASKING = """
const [tags, numbers] = JSON.parse(process.argv[1])
const forms = (tag) => numbers.map((number) => new Intl.PluralRules(tag).select(number))
console.log(JSON.stringify(Object.fromEntries(tags.map((tag) => [tag, forms(tag)]))))
"""


def test_a_number_is_of_the_form_that_the_browser_says(node):
    asked = json.dumps([[*RULES], NUMBERS])
    done = subprocess.run([node, "-e", ASKING, asked], check=True, capture_output=True, text=True, timeout=60)

    for tag, forms in json.loads(done.stdout).items():
        assert [plural(tag, number) for number in NUMBERS] == forms, tag
