// event-text.js: parses the text of an event stream piece by piece. Pure.
//
// The stream inspector uses this instead of an EventSource, which hides comments, the retry line, and the text itself.

// The state of the parser: text whose event is not complete yet, and the last event id.
export const EMPTY = { rest: "", last: "" }

// Parse the next piece of text. Returns the events that it completes, and the state for the piece after it.
export function parsePiece(state, text) {
  const blocks = (state.rest + text).replace(/\r\n?/g, "\n").split("\n\n")
  const rest = blocks.pop()
  const events = blocks.map(parseEvent)
  const last = events.findLast((event) => event.id !== null)?.id ?? state.last
  return { events, state: { rest, last } }
}

// One event: its `text` and its fields; `data` is decoded if it is JSON.
function parseEvent(text) {
  const event = { type: "", id: null, retryMs: null, comment: null, data: null, text }
  const data = []
  for (const line of text.split("\n")) {
    const [field, value] = splitLine(line)
    if (field === "") event.comment = value.trim()
    if (field === "event") event.type = value
    if (field === "id") event.id = value
    if (field === "retry") event.retryMs = Number(value)
    if (field === "data") data.push(value)
  }
  if (data.length > 0) event.data = jsonOrText(data.join("\n"))
  return event
}

// The field and the value of a line. A comment has the field "".
function splitLine(line) {
  const at = line.indexOf(":")
  if (at < 0) return [line, ""]
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")]
}

function jsonOrText(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
