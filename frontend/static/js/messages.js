// messages.js: the texts of a page's scripts, in the page's language. They come with the page, in
// <script type="application/json" id="messages">. Numbers and times are formatted for the viewer's locale.

// Other sites have no texts of ours: an element called "messages" is theirs, and their `lang` may be invalid.
const page = globalThis.document
const given = page?.querySelector("script#messages")
let texts = JSON.parse(given?.textContent ?? "{}")
let language = given ? page.documentElement.lang : "en"

// The viewer's locales for numbers and times, whatever the page's language.
const locales = [...(globalThis.navigator?.languages ?? []), language]

const formats = new Map()

// Use other texts than those of the page, for an element on another site.
export function setTexts(tag, found) {
  language = tag
  texts = found
}

// A text with these values in its placeholders. The number `n` chooses between plural forms.
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

// How long ago something was, in the page's language.
export function ago(ms) {
  const seconds = Math.round(ms / 1000)
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size) ?? ["second", 1]
  return format(Intl.RelativeTimeFormat, language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit)
}

// The time until something, in the page's language: rounded up to whole units.
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

// Creating a formatter takes longer than using it a thousand times.
function format(Kind, tags, options) {
  const key = `${Kind.name} ${tags} ${JSON.stringify(options)}`
  if (!formats.has(key)) formats.set(key, new Kind(tags, options))
  return formats.get(key)
}
