// compare.js: comparing and finding rows. Apart from rows.js, since the first view of a board needs neither. Pure.

const MOST_FOUND = 50 // as many as the server finds; a thousand would take 0.2 s to draw

// Whether to show a podium: only at the top of a list with at least three rows.
export function onPodium({ view, page }, rows) {
  return view === "top" && page === 0 && rows.length >= 3
}

export function sameResult(one, other) {
  return one.s === other.s && one.c.length === other.c.length && one.c.every((value, i) => value === other.c[i])
}

// The first rows whose name or id contains these words, whatever their case and accents.
export function found(rows, words) {
  const wanted = plain(words)
  return rows.filter(({ id, n }) => plain(n).includes(wanted) || plain(id).includes(wanted)).slice(0, MOST_FOUND)
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim()
}
