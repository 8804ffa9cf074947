// formatting.js: numbers, scores and headings for readers. The same as scoreboard/pages/numbers.py.

import { locales } from "./messages.js"

const MINUTE = 60
let viewerStyle = null

// How these locales write numbers: { point, minus, groups, minDigits }. Digits are 0 to 9 everywhere.
export function numberStyle(tags) {
  const format = new Intl.NumberFormat(tags, { numberingSystem: "latn", minimumFractionDigits: 1 })
  const groups = (value) => format.formatToParts(value).filter(({ type }) => type === "integer")
  const [last, before = last] = groups(12345678).map(({ value }) => value.length).reverse()
  return {
    point: format.formatToParts(1).find(({ type }) => type === "decimal").value,
    minus: format.format(-1).split("1")[0], // from right to left it has a mark that keeps it on the left
    groups: new RegExp(`(?=(?:\\d{${before}})*\\d{${last}}$)`),
    minDigits: groups(1234).length > 1 ? 4 : 5,
  }
}

// A number in groups of digits. CSS sets them apart, so that a copied number is still a number.
export function grouped(value, decimals, style = ofViewer()) {
  const { sign, whole, part } = split(value, decimals, style)
  const groups = whole.length < style.minDigits ? [whole] : whole.split(style.groups)
  groups[0] = sign + groups[0]
  groups[groups.length - 1] += part
  return groups
}

// The same in one string, for sentences.
export function writtenOut(value, decimals) {
  return grouped(value, decimals).join("\u202f")
}

// A score as its board shows it. A minute or more is written as on a clock: 83.456 s is 1:23.456.
export function scored(value, { decimals = 0, unit = "" }, style = ofViewer()) {
  const { sign, whole, part } = split(value, decimals, style)
  const seconds = Number(whole)
  if (unit !== "s" || seconds < MINUTE) return grouped(value, decimals, style)
  const minutes = Math.floor(seconds / MINUTE)
  const clock = minutes < MINUTE ? [minutes] : [Math.floor(minutes / MINUTE), two(minutes % MINUTE)]
  return [`${sign}${[...clock, two(seconds % MINUTE)].join(":")}${part}`]
}

// A column's name as a heading: goalDifference is "Goal difference".
export function heading(name) {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").trim().toLowerCase()
  return words ? words[0].toUpperCase() + words.slice(1) : name
}

function ofViewer() {
  return (viewerStyle ??= numberStyle(locales))
}

function split(value, decimals, { point, minus }) {
  const [sign, text] = String(value).startsWith("-") ? [minus, String(value).slice(1)] : ["", String(value)]
  const padded = text.padStart(decimals + 1, "0")
  const whole = padded.slice(0, padded.length - decimals)
  return { sign, whole, part: decimals ? `${point}${padded.slice(-decimals)}` : "" }
}

function two(number) {
  return String(number).padStart(2, "0")
}
