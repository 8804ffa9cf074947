import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { flagSign, hue, initials, linkName } from "../../frontend/static/js/board/row-parts.js"

const cases = JSON.parse(readFileSync(new URL("row-parts.json", import.meta.url), "utf-8"))

for (const [name, run] of Object.entries({ initials, hues: hue, flags: flagSign, links: linkName })) {
  test(`${name} are those of the server`, () => {
    assert.deepEqual(cases[name].map(([given]) => run(given)), cases[name].map(([, expected]) => expected))
  })
}
