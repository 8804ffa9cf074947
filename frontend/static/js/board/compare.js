// compare.js: comparing and finding rows. Apart from rows.js, since the first view of a board needs neither. Pure.

// Whether to show a podium: only at the top of a list with at least three rows.
export function onPodium({ view, page }, rows) {
  return view === "top" && page === 0 && rows.length >= 3
}

export function sameResult(one, other) {
  return one.s === other.s && one.c.length === other.c.length && one.c.every((value, i) => value === other.c[i])
}

// The rows whose name or id contains these words, whatever their case and accents.
export function found(rows, words) {
  const wanted = plain(words)
  return rows.filter(({ id, n }) => plain(n).includes(wanted) || plain(id).includes(wanted))
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim()
}
