const answer = await fetch("http://127.0.0.1:8000/v1/boards/main/entries?limit=3")
const { data } = await answer.json()
for (const { rank, player, score } of data.entries) console.log(rank, player.displayName, score)
