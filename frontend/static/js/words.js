// words.js: numbers and names as people read them. Pure. The same as scoreboard/pages/view.py.

// A number in groups of three digits, which style sets apart: what one copies stays a number.
export function grouped(value, decimals) {
  const [sign, text] = String(value).startsWith("-") ? ["-", String(value).slice(1)] : ["", String(value)]
  const padded = text.padStart(decimals + 1, "0")
  const whole = padded.slice(0, padded.length - decimals)
  const part = decimals ? `.${padded.slice(-decimals)}` : ""
  const groups = whole.split(/(?=(?:\d{3})+$)/)
  groups[0] = sign + groups[0]
  groups[groups.length - 1] += part
  return groups
}

// A column's name as a heading: goalDifference is "Goal difference".
export function heading(name) {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").trim().toLowerCase()
  return words ? words[0].toUpperCase() + words.slice(1) : name
}
