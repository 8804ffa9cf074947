// period-text.js: a period as dates in the reader's language: "30 Nov – 6 Dec 2026" says more than "2026-W49". Pure.

const DAY = { year: "numeric", month: "short", day: "numeric" }
const SHAPES = {
  daily: { ...DAY, weekday: "short" },
  weekly: DAY,
  monthly: { year: "numeric", month: "long" },
  other: { ...DAY, hour: "numeric", minute: "2-digit" }, // between two ticks of a cron expression
}

// `from` and `to` are milliseconds since 1970; the period ends just before `to`.
export function periodText({ from, to, kind, zone, lang = document.documentElement.lang }) {
  const format = formatIn(lang, SHAPES[kind] ?? SHAPES.other, zone)
  return format.formatRange(from, to - 1)
}

// A zone that this browser does not know is left out.
function formatIn(lang, shape, timeZone) {
  try {
    return new Intl.DateTimeFormat(lang, { ...shape, timeZone })
  } catch {
    return new Intl.DateTimeFormat(lang, shape)
  }
}
