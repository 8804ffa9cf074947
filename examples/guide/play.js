import { Actions } from "http://127.0.0.1:8000/sdk/actions/actions.js"
import { Api } from "http://127.0.0.1:8000/sdk/actions/api.js"
import { Session } from "http://127.0.0.1:8000/sdk/actions/session.js"
import { Solver } from "http://127.0.0.1:8000/sdk/actions/solver.js"
import { StoredSession } from "http://127.0.0.1:8000/sdk/actions/stored-session.js"

const session = new Session({ api: new Api("http://127.0.0.1:8000/v1"), stored: new StoredSession() })
const actions = new Actions({ session, solver: new Solver() })
const action = await actions.request("play-round")
const receipt = await action.complete({ points: 7 })
console.log(receipt.newScore, receipt.rank)
