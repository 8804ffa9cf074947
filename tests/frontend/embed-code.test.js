import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { embedOf } from "../../frontend/static/js/docs/embed-code.js"

const PLAIN = { url: "https://b.example", board: "main", title: "Main board", rows: 10, theme: "auto", hide: [], scale: 100 }
const embed = (kind, choice = {}) => embedOf({ ...PLAIN, kind, ...choice })

test("an element with default choices is the code of the guide", () => {
  const guide = readFileSync(new URL("../../examples/guide/embed.html", import.meta.url), "utf8")

  assert.equal(embed("element", { url: "http://127.0.0.1:8000" }).code, guide.trim())
})

test("choices are in the attributes of the element and in addresses", () => {
  const chosen = { rows: 5, theme: "dark", hide: ["badge", "trend"] }

  assert.match(embed("element", chosen).code, /<live-leaderboard board="main" limit="5" theme="dark" hide="badge,trend">/)
  assert.equal(embed("frame", chosen).address, "https://b.example/embed/main?rows=5&theme=dark&hide=badge%2Ctrend")
  assert.equal(
    embed("overlay", { ...chosen, rows: 3, theme: "light", scale: 150 }).code,
    "https://b.example/overlay/main?rows=3&theme=light&hide=badge%2Ctrend&scale=150",
  )
  assert.equal(embed("tv", chosen).code, "https://b.example/b/main/tv")
})

test("defaults, which differ by kind, are left out", () => {
  assert.equal(embed("overlay", { rows: 5, theme: "dark" }).code, "https://b.example/overlay/main")
  assert.equal(embed("overlay").code, "https://b.example/overlay/main?rows=10")
  assert.equal(embed("image", { theme: "dark" }).address, "https://b.example/b/main.svg?theme=dark")
})

test("an image is Markdown that leads to the board", () => {
  assert.equal(embed("image").code, "[![Main board](https://b.example/b/main.svg)](https://b.example/b/main)")
})

test("a title is text, whatever is in it", () => {
  const title = `"><script>alert(1)</script>`

  assert.doesNotMatch(embed("frame", { title }).code, /<script|title=""/)
  assert.equal(embed("image", { title: "a]b[c" }).code.startsWith("[![a\\]b\\[c]("), true)
})
