// Follows a board by eventsource 2 until its input ends. Prints each event as a line.

const EventSource = require("eventsource")

const source = new EventSource(process.argv[2])
const print = (event) => console.log(JSON.stringify({ name: event.type, id: event.lastEventId, frame: JSON.parse(event.data) }))
for (const name of ["hello", "snapshot", "delta", "hb", "me", "reset", "notice", "bye"]) source.addEventListener(name, print)
source.onmessage = (event) => console.log(JSON.stringify({ name: "message", data: event.data }))
process.stdin.resume().on("end", () => process.exit())
