// formatting.js: numbers, scores and headings for readers. Pure. The same as scoreboard/pages/view.py.

const MINUTE = 60

// A number in groups of three digits. CSS sets them apart, so that a copied number is still a number.
export function grouped(value, decimals) {
  const { sign, whole, part } = split(value, decimals)
  const groups = whole.split(/(?=(?:\d{3})+$)/)
  groups[0] = sign + groups[0]
  groups[groups.length - 1] += part
  return groups
}

// The same in one string, for sentences.
export function writtenOut(value, decimals) {
  return grouped(value, decimals).join("\u202f")
}

// A score as its board shows it. A minute or more is written as on a clock: 83.456 s is 1:23.456.
export function scored(value, { decimals = 0, unit = "" }) {
  const { sign, whole, part } = split(value, decimals)
  const seconds = Number(whole)
  if (unit !== "s" || seconds < MINUTE) return grouped(value, decimals)
  const minutes = Math.floor(seconds / MINUTE)
  const clock = minutes < MINUTE ? [minutes] : [Math.floor(minutes / MINUTE), two(minutes % MINUTE)]
  return [`${sign}${[...clock, two(seconds % MINUTE)].join(":")}${part}`]
}

// A column's name as a heading: goalDifference is "Goal difference".
export function heading(name) {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").trim().toLowerCase()
  return words ? words[0].toUpperCase() + words.slice(1) : name
}

// A column's title, or its name as a heading.
export function titled(name, titles) {
  return titles[name] ?? heading(name)
}

function split(value, decimals) {
  const [sign, text] = String(value).startsWith("-") ? ["-", String(value).slice(1)] : ["", String(value)]
  const padded = text.padStart(decimals + 1, "0")
  const whole = padded.slice(0, padded.length - decimals)
  return { sign, whole, part: decimals ? `.${padded.slice(-decimals)}` : "" }
}

function two(number) {
  return String(number).padStart(2, "0")
}
