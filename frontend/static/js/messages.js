// messages.js: the texts that scripts show, in the language of the web page. The page contains them in a
// <script type="application/json" id="messages">. Numbers and times are formatted for the viewer's locale.

// Pages of other sites have no such script. Another element may be called "messages" there, and `lang` may be invalid.
const page = globalThis.document
const script = page?.querySelector("script#messages")
let texts = JSON.parse(script?.textContent ?? "{}")
let language = script ? page.documentElement.lang : "en"

// The viewer's locales for numbers and times, whatever the page's language.
export const locales = [...(globalThis.navigator?.languages ?? []), language]

const formats = new Map()

// Set the texts and their language, for a board on another site's page.
export function setTexts(tag, newTexts) {
  language = tag
  texts = newTexts
}

// The text of a message key, with these values in its placeholders. The value `n` chooses the plural form.
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

// How long ago something was, in the page's language, such as "2 minutes ago".
export function ago(ms) {
  const seconds = Math.round(ms / 1000)
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size) ?? ["second", 1]
  return format(Intl.RelativeTimeFormat, language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit)
}

// The time until something, in the page's language, such as "in 2 minutes": rounded up to whole units.
export function soon(seconds) {
  const [unit, size] = seconds < 100 ? ["second", 1] : seconds < 100 * 60 ? ["minute", 60] : ["hour", 3600]
  return format(Intl.RelativeTimeFormat, language, {}).format(Math.max(1, Math.ceil(seconds / size)), unit)
}

// The time until something, in the page's language, such as "in 3 days": in the largest unit of which two are left.
export function until(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= 2 * size) ?? ["second", 1]
  return format(Intl.RelativeTimeFormat, language, {}).format(Math.floor(seconds / size), unit)
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value)
}

function plural(value) {
  return format(Intl.PluralRules, language, {}).select(value)
}

// Formatters are cached: creating one takes longer than using it a thousand times. Digits are 0 to 9 in every language.
function format(Kind, tags, options) {
  const key = `${Kind.name} ${tags} ${JSON.stringify(options)}`
  if (!formats.has(key)) formats.set(key, new Kind(tags, { numberingSystem: "latn", ...options }))
  return formats.get(key)
}
