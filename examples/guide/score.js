// On your server, in Node.js: whoever has the key can write.
const answer = await fetch("http://127.0.0.1:8000/v1/boards/main/scores", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ entries: [{ player: "ada", displayName: "Ada", score: 10 }] }),
})
const { data } = await answer.json()
console.log(data.accepted, data.standings)
