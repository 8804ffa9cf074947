import { Scoreboard } from "http://127.0.0.1:8000/sdk/scoreboard.js"

const scoreboard = new Scoreboard()
scoreboard.watch("main", {}, ({ entries }) => console.log("first", entries[0]?.name))
