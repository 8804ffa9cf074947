// period-name.js: a period that begins while a page is open, as dates in the page's language: "30 Nov – 6 Dec" for
// "2026-W49". The same as scoreboard/pages/dates.py.

import { t } from "../messages.js"

const DAY_MS = 24 * 3600 * 1000
const DAY = { day: "numeric", month: "short" }

// `id` is that of a period other than "all". Days of other years than this one have their year.
export function periodName(id, lang, thisYear = new Date().getUTCFullYear()) {
  const tag = lang === "en" ? "en-GB" : lang
  const written = (at, shape) => new Intl.DateTimeFormat(tag, { ...shape, timeZone: "UTC", numberingSystem: "latn" }).format(at)
  if (/^\d{4}-\d\d$/.test(id)) return written(Date.parse(`${id}-01`), { month: "short", year: "numeric" })
  const days = daysOf(id)
  const year = days.every((day) => new Date(day).getUTCFullYear() === thisYear) ? {} : { year: "numeric" }
  const text = days.map((day) => written(day, { ...DAY, ...year })).join(" – ")
  return id.endsWith("Z") ? `${text} · ${id.slice(9, 11)}:${id.slice(11, 13)} UTC` : text
}

// Show the period of the rows, once it is another one than that of the first HTML.
export function showPeriod(element, period) {
  if (element.dataset.period === period) return
  element.dataset.period = period
  element.textContent = period === "all" ? t("board.allTime") : periodName(period, document.documentElement.lang)
}

// The first and the last day of a week; otherwise the day of the period's beginning.
function daysOf(id) {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(id) ?? []
  if (!week) return [Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T.*/, "$1-$2-$3"))]
  const january4 = Date.UTC(year, 0, 4) // it is always in the first week
  const monday = january4 + ((week - 1) * 7 - ((new Date(january4).getUTCDay() + 6) % 7)) * DAY_MS
  return [monday, monday + 6 * DAY_MS]
}
