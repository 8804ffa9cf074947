// board-state.js: the lines of one board, changed by the frames of the stream.
// Pure: no DOM, no network. The same as scoreboard/stream/protocol/diff.py; both are tested on the same cases.
//
// A board is { scope, s, period, ties, columns, show, total, size, lines, lost }. `s` is the frame that it shows,
// null if it shows none yet. If frames are missing, `lost` has the reason ("gap" or "checksum"): then
// only a snapshot helps, so open the stream again without a cursor.

const TABLE = crcTable()
const UTF8 = new TextEncoder()

export function emptyBoard(scope) {
  return { scope, s: null, period: "", ties: "ordinal", columns: [], show: [], total: 0, size: 0, lines: [], lost: "" }
}

export function apply(board, frame) {
  if (frame.t === "hb") return compare(board, frame)
  if (frame.b !== board.scope) return board
  if (frame.t === "snapshot") return applySnapshot(board, frame)
  if (frame.t === "delta") return applyDelta(board, frame)
  if (frame.t === "reset") return { ...board, s: null }
  return board
}

// A snapshot frame of this board. Its receivers continue from the cursor `id`.
export function snapshotOf(board, id) {
  const { scope, s, period, ties, columns, show, total, size, lines } = board
  const fields = { b: scope, s, size, rank: ties, period, columns, show, tot: total, crc: checksum(lines), top: lines }
  return { t: "snapshot", id, why: "shared", ...fields }
}

// CRC-32 of `id TAB score LF …`, as eight hex digits: equal for lists with the same players and scores.
export function checksum(lines) {
  let crc = 0xffffffff
  for (const byte of UTF8.encode(lines.map((line) => `${line.id}\t${line.s}\n`).join(""))) {
    crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0")
}

// The rank of each line. Frames don't carry ranks: a new leader would change all of them.
export function ranks({ ties, lines }) {
  let tier = 0
  let first = 0
  return lines.map((line, index) => {
    if (index === 0 || !tied(lines[index - 1], line)) {
      tier += 1
      first = index + 1
    }
    return { ordinal: index + 1, competition: first, dense: tier }[ties]
  })
}

function applySnapshot(board, frame) {
  return verified({
    scope: board.scope,
    s: frame.s,
    period: frame.period,
    ties: frame.rank,
    columns: frame.columns,
    show: frame.show ?? [],
    total: frame.tot,
    size: frame.size,
    lines: frame.top.map(lineOf),
    lost: "",
  }, frame.crc)
}

function applyDelta(board, frame) {
  if (board.lost || (board.s !== null && frame.s <= board.s)) return board
  if (board.s !== frame.p) return { ...board, lost: "gap" }
  const lines = merge(board.lines, frame)
  if (lines === null) return { ...board, lost: "gap" }
  return verified({ ...board, s: frame.s, total: frame.tot ?? board.total, lines }, frame.crc)
}

// A heartbeat carries the board's newest frame number and checksum, so that a client notices lost frames.
function compare(board, frame) {
  const mine = frame.b.find(([scope]) => scope === board.scope)
  if (!mine || board.lost) return board
  const [, s, crc] = mine
  return s === board.s ? verified(board, crc) : { ...board, lost: "gap" }
}

// The old lines with a delta's changes. null if the delta changes a missing line.
function merge(old, { rm, up }) {
  const byId = new Map(old.map((line) => [line.id, line]))
  const leaving = new Set([...rm, ...up.map(([, entry]) => entry.id)])
  const lines = old.filter((line) => !leaving.has(line.id))
  for (const [index, entry] of up) {
    const line = lineOf({ ...byId.get(entry.id), ...entry })
    if (line.n === undefined || line.s === undefined) return null
    lines.splice(index, 0, line)
  }
  return lines
}

function verified(board, crc) {
  return checksum(board.lines) === crc ? board : { ...board, lost: "checksum" }
}

// `m` has the metadata that the board shows. Boards that show none have no `m` in their lines.
function lineOf({ id, n, s, c = [], m }) {
  return m ? { id, n, s, c, m } : { id, n, s, c }
}

function tied(one, other) {
  return one.s === other.s && one.c.every((value, index) => value === other.c[index])
}

function crcTable() {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
    return crc
  })
}
