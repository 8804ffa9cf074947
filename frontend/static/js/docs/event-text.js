// event-text.js: parses the text of an event stream as it arrives. Pure.
//
// EventSource hides what an inspector has to show: comments, the retry line, and the length of a frame.

export const EMPTY = { rest: "", last: "" }

// Parse another piece of text: its events, and the state for the next piece.
export function taken(state, text) {
  const blocks = (state.rest + text).replace(/\r\n?/g, "\n").split("\n\n")
  const rest = blocks.pop()
  const events = blocks.map(parsed)
  const last = events.findLast((event) => event.id !== null)?.id ?? state.last
  return { events, state: { rest, last } }
}

// One event: `type`, `id`, `data` (parsed if it is JSON), and its text.
function parsed(text) {
  const event = { type: "", id: null, retryMs: null, comment: null, data: null, text }
  const data = []
  for (const line of text.split("\n")) {
    const [field, value] = divided(line)
    if (field === "") event.comment = value.trim()
    if (field === "event") event.type = value
    if (field === "id") event.id = value
    if (field === "retry") event.retryMs = Number(value)
    if (field === "data") data.push(value)
  }
  if (data.length > 0) event.data = json(data.join("\n"))
  return event
}

function divided(line) {
  const at = line.indexOf(":")
  if (at < 0) return [line, ""]
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")]
}

function json(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
