// The load test for k6 (https://k6.io): the same scenario as tests/load/scenario/locustfile.py.
//
//   k6 run -e URL=https://scores.example.org -e USERS=500 tests/load/scenario.k6.js
//
// URL, USERS, RAMP_SECONDS, HOLD_SECONDS, DOWN_SECONDS, STREAMS, PAUSE_SECONDS, ACTION, BOARD, API_P95_MS,
// STREAM_P95_MS and TOLD_TO_WAIT_SHARE have the same meaning. Two things differ. k6 has no event streams of its own,
// so streams are WebSockets here (/v1/ws), which carry the same frames. And k6 has no step at the end that could
// compare the board with the acknowledged points: run `python -m scoreboard verify` on the server afterwards.

import { check, sleep } from "k6"
import crypto from "k6/crypto"
import http from "k6/http"
import { Counter, Rate, Trend } from "k6/metrics"
import ws from "k6/ws"

const SERVER = (__ENV.URL || "http://127.0.0.1:8000").replace(/\/+$/, "")
const ACTION = __ENV.ACTION || "play-round"
const BOARD = __ENV.BOARD || "main"
const USERS = number("USERS", 1000)
const RAMP_SECONDS = number("RAMP_SECONDS", 60)
const HOLD_SECONDS = number("HOLD_SECONDS", 60)
const DOWN_SECONDS = number("DOWN_SECONDS", 30)
const STREAMS = number("STREAMS", 1)
const PAUSE_SECONDS = number("PAUSE_SECONDS", 2)
const API_P95_MS = number("API_P95_MS", 200)
const STREAM_P95_MS = number("STREAM_P95_MS", 500)
const TOLD_TO_WAIT_SHARE = number("TOLD_TO_WAIT_SHARE", 0.01)

const API = ["request action", "complete action", "read board", "read own place"]
const LOOKS = 0.2 // after an action: the probability of reading the board, and of reading the own place
const AGAIN_SECONDS = 1 // after a failure without Retry-After
const FINISH = "20s" // for an action that is under way when its user leaves

const WATCHING = { exec: "watch", gracefulRampDown: "0s", gracefulStop: "0s" } // a viewer leaves at once

const answered = new Trend("answered", true) // milliseconds, of answers that were not "wait"
const streamOpened = new Trend("stream_opened", true) // milliseconds to the first frame
const toldToWait = new Rate("told_to_wait")
const failures = new Counter("failures")
const points = new Counter("points")

export const options = {
  scenarios: {
    play: { ...ramp(USERS), exec: "play" },
    ...(STREAMS > 0 ? { watch: { ...ramp(Math.ceil(USERS * STREAMS)), ...WATCHING } } : {}),
  },
  thresholds: {
    "answered{api:yes}": [`p(95)<${API_P95_MS}`],
    ...Object.fromEntries(API.map((name) => [`answered{name:${name}}`, [`p(95)<${API_P95_MS}`]])),
    ...(STREAMS > 0 ? { stream_opened: [`p(95)<${STREAM_P95_MS}`] } : {}),
    "told_to_wait{api:yes}": [`rate<=${TOLD_TO_WAIT_SHARE}`],
    failures: ["count==0"],
    points: ["count>0"],
  },
}

// A tenth at once, then more until all are there; they stay, and then leave.
export function ramp(users) {
  return {
    executor: "ramping-vus",
    startVUs: Math.max(1, Math.floor(users / 10)),
    stages: [
      { duration: `${RAMP_SECONDS}s`, target: users },
      { duration: `${HOLD_SECONDS}s`, target: users },
      { duration: `${DOWN_SECONDS}s`, target: 0 },
    ],
    gracefulRampDown: FINISH,
    gracefulStop: FINISH,
  }
}

let session = null // of this user: k6 runs this file once for each

// One round of a player. k6 calls it repeatedly.
export function play() {
  session = session || call("sign in", "POST", "/v1/auth/guest", {})
  const action = session && call("request action", "POST", "/v1/actions/request", { actionType: ACTION })
  if (action) {
    sleep(action.minSeconds + between(0.2, 0.8))
    const proof = prove(action.challenge, pointsOf(action.points))
    const body = { actionToken: action.actionToken, proof }
    const receipt = call("complete action", "POST", "/v1/actions/complete", body)
    if (receipt) points.add(receipt.increment)
    if (Math.random() < LOOKS) call("read board", "GET", `/v1/boards/${BOARD}/entries`)
    if (receipt && Math.random() < LOOKS) {
      call("read own place", "GET", `/v1/boards/${BOARD}/entries/${session.player.id}`)
    }
  }
  sleep(PAUSE_SECONDS * between(0.5, 1.5))
}

// One stream of a viewer, which reconnects when the server asks for it.
export function watch() {
  const begun = Date.now()
  let [opened, dismissed] = [false, null]
  const answer = ws.connect(`${SERVER.replace(/^http/, "ws")}/v1/ws?boards=${BOARD}`, {}, (socket) => {
    socket.on("message", (text) => {
      const frame = JSON.parse(text)
      if (frame.t === "bye") dismissed = frame
      else if (!opened) streamOpened.add(Date.now() - begun)
      opened = true
    })
  })
  if (!check(answer, { "the stream was opened": (got) => got && got.status === 101 })) failures.add(1)
  sleep(dismissed ? dismissed.retry_ms / 1000 : between(0.5, 1.5))
}

// The data of an answer; null if the server refuses the call. Sends the call again if the server says "wait": an
// action counts once however often it is completed.
export function call(name, method, path, body) {
  const tags = { name, api: API.includes(name) ? "yes" : "no" }
  for (;;) {
    const answer = http.request(method, SERVER + path, body ? JSON.stringify(body) : null, {
      headers: headers(),
      tags,
    })
    const data = answer.body ? parseJson(answer.body) : {}
    if (answer.status >= 200 && answer.status < 300) {
      answered.add(answer.timings.duration, tags)
      toldToWait.add(false, tags)
      return data.data
    }
    if (data.code === "token_expired") {
      session = call("refresh session", "POST", "/v1/auth/refresh", { refreshToken: session.refreshToken })
      if (!session) return null
      continue
    }
    if (data.code === "cap_reached") {
      session = null // a new guest has new caps
      return null
    }
    const waits = [429, 503].includes(answer.status) ? answer.headers["Retry-After"] : undefined
    if (waits !== undefined) toldToWait.add(true, tags)
    else failures.add(1, { ...tags, code: `${answer.status} ${data.code || ""}` })
    if (waits === undefined && answer.status >= 400 && answer.status < 500) return null
    // After an outage the users then do not all come back at once.
    sleep(waits === undefined ? AGAIN_SECONDS : Number(waits) + between(0, Math.min(1, Number(waits))))
  }
}

function headers() {
  const signed = session ? { Authorization: `Bearer ${session.accessToken}` } : {}
  return { "Content-Type": "application/json", ...signed }
}

function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {} // the answer is not the server's own, but a proxy's
  }
}

// Points within the range that may be claimed; null if they are fixed.
function pointsOf(range) {
  return typeof range === "number" ? null : range.min + Math.floor(Math.random() * (range.max - range.min + 1))
}

// A claim, and the work for it: docs/api.md, "Actions".
export function prove(challenge, claim) {
  const checksum = crypto.sha256(`${claim === null ? "" : claim}|`, "hex")
  const solution = solve(challenge.nonce, checksum, challenge.difficulty)
  return claim === null ? { solution, checksum } : { solution, checksum, points: claim }
}

// The first number for which SHA-256 of nonce:checksum:number begins with so many zero bits.
export function solve(nonce, checksum, difficulty) {
  for (let number = 0; ; number += 1) {
    if (zeroBits(crypto.sha256(`${nonce}:${checksum}:${number}`, "hex")) >= difficulty) return String(number)
  }
}

// The number of zero bits at the beginning of hex digits.
export function zeroBits(hex) {
  const zeros = hex.match(/^0*/)[0].length
  return 4 * zeros + (zeros < hex.length ? Math.clz32(parseInt(hex[zeros], 16)) - 28 : 0)
}

function between(least, most) {
  return least + Math.random() * (most - least)
}

function number(name, otherwise) {
  return __ENV[name] ? Number(__ENV[name]) : otherwise
}
