// Follows a board by eventsource 2, cut off as often as the test likes. Prints each event that it gets as a line.

const EventSource = require("eventsource")

const source = new EventSource(process.argv[2])
const print = (event) => console.log(JSON.stringify({ name: event.type, id: event.lastEventId, frame: JSON.parse(event.data) }))
for (const name of ["hello", "snapshot", "delta", "hb", "me", "reset", "notice", "bye"]) source.addEventListener(name, print)
source.onmessage = (event) => console.log(JSON.stringify({ name: "message", data: event.data }))
process.stdin.resume().on("end", () => process.exit())
