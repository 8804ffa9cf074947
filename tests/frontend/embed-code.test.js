import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { embedOf } from "../../frontend/static/js/docs/embed-code.js"

const PLAIN = { url: "https://b.example", board: "main", title: "Main board", rows: 10, theme: "auto", hide: [], scale: 1 }
const embed = (kind, choice = {}) => embedOf({ ...PLAIN, kind, ...choice })

test("an element as it would be anyway is two short lines, those of the guide", () => {
  const guide = readFileSync(new URL("../../examples/guide/embed.html", import.meta.url), "utf8")

  assert.equal(embed("element", { url: "http://127.0.0.1:8000" }).code, guide.trim())
})

test("what was chosen is said, on the element and in addresses", () => {
  const chosen = { rows: 5, theme: "dark", hide: ["badge", "footer"] }

  assert.match(embed("element", chosen).code, /<live-leaderboard board="main" limit="5" theme="dark" hide="badge,footer">/)
  assert.equal(embed("frame", chosen).address, "https://b.example/embed/main?limit=5&theme=dark&hide=badge%2Cfooter")
  assert.equal(
    embed("overlay", { ...chosen, scale: 1.5 }).code,
    "https://b.example/overlay/main?rows=5&theme=dark&hide=badge%2Cfooter&scale=1.5",
  )
  assert.equal(embed("tv", chosen).code, "https://b.example/b/main/tv?theme=dark")
})

test("an image is Markdown that leads to the board", () => {
  assert.equal(embed("image").code, "[![Main board](https://b.example/b/main.svg)](https://b.example/b/main)")
})

test("a title is text, whatever is in it", () => {
  const title = `"><script>alert(1)</script>`

  assert.doesNotMatch(embed("frame", { title }).code, /<script|title=""/)
  assert.equal(embed("image", { title: "a]b[c" }).code.startsWith("[![a\\]b\\[c]("), true)
})
