// messages.js: what a page's scripts say, in the page's language. The texts come with the page, in
// <script type="application/json" id="messages">; numbers and times are written as the viewer does.

// Pages of somebody else have none: what is called "messages" there is theirs, and their `lang` may be no tag.
const page = globalThis.document
const given = page?.querySelector("script#messages")
let texts = JSON.parse(given?.textContent ?? "{}")
let language = given ? page.documentElement.lang : "en"

// How the viewer writes numbers and times, whatever the page's language is.
const locales = [...(globalThis.navigator?.languages ?? []), language]

const formats = new Map()

// Speak other texts than those of the page: where a part of ours is on a page of somebody else.
export function speak(tag, found) {
  language = tag
  texts = found
}

// A text with these values in its places. Where it has several forms, the number `n` chooses.
export function t(key, values = {}) {
  const text = texts[key]
  if (text === undefined) return key
  const form = typeof text === "string" ? text : (text[plural(values.n)] ?? text.other)
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]))
}

export function number(value, options = {}) {
  return format(Intl.NumberFormat, locales, options).format(value)
}

export function time(at, options = { timeStyle: "medium" }) {
  return format(Intl.DateTimeFormat, locales, options).format(at)
}

// How long ago something was, in words: these are of the page's language.
export function ago(ms) {
  const seconds = Math.round(ms / 1000)
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size) ?? ["second", 1]
  return format(Intl.RelativeTimeFormat, language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit)
}

// In how long something is, in words of the page's language: in whole units, and never too soon.
export function soon(seconds) {
  const [unit, size] = seconds < 100 ? ["second", 1] : seconds < 100 * 60 ? ["minute", 60] : ["hour", 3600]
  return format(Intl.RelativeTimeFormat, language, {}).format(Math.max(1, Math.ceil(seconds / size)), unit)
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value)
}

function plural(value) {
  return format(Intl.PluralRules, language, {}).select(value)
}

// Making a format takes longer than using it a thousand times.
function format(Kind, tags, options) {
  const key = `${Kind.name} ${tags} ${JSON.stringify(options)}`
  if (!formats.has(key)) formats.set(key, new Kind(tags, options))
  return formats.get(key)
}
