import { Scoreboard } from "http://127.0.0.1:8000/sdk/scoreboard.js"

const scoreboard = new Scoreboard()
const receipt = await scoreboard.play("play-round", { points: 7 })
console.log(receipt.newScore, receipt.rank)
