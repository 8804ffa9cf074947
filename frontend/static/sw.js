// sw.js: pages without a network. Keeps the files of boards, and copies of boards that were viewed.
//
// The server begins this script with constants: VERSION is a hash of all files of the shell, SHELL their names, ASSETS
// the beginning of their addresses, PAGES the paths of pages, and COPIES those of pages to keep a copy of. A change of
// any file changes this script, and with it every browser's shell. For pages the network comes first; a copy is shown
// if it does not answer. Files of this version come from the shell, since their addresses contain a hash. Streams, the
// API and all requests but plain reads never pass through here.

/* global VERSION, ASSETS, SHELL, PAGES, COPIES */

const ANSWER_MS = 4000 // for a network that is up and does not answer
const AWAY = [502, 503, 504]
const MAX_BOARDS = 20

const scope = new URL("./", location).pathname
const OFFLINE = `${scope}offline`
const shellName = `scoreboard shell ${scope} ${VERSION}`
const boardsName = `scoreboard boards ${scope}`
const files = new Set(SHELL)
const MATCH = { ignoreVary: true } // a copy is in one language; any is better than none

const PAGE = matching(PAGES)
const COPY = matching(COPIES)

addEventListener("install", (event) => event.waitUntil(keepShell()))
addEventListener("activate", (event) => event.waitUntil(takeOver()))
addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin) return
  const path = below(url)
  if (files.has(nameOf(path))) event.respondWith(file(request, nameOf(path)))
  else if (request.mode === "navigate" && path !== null && PAGE.test(path)) event.respondWith(page(event, path))
})

// A path below the scope; null for one of another server of this host.
function below({ pathname }) {
  return pathname.startsWith(scope) ? pathname.slice(scope.length) : null
}

// The name of a file of any version, or of a stable address.
function nameOf(path) {
  return path?.replace(/^assets\/[^/]+\//, "")
}

// Paths below the scope, in which * stands for one part without a dot.
function matching(paths) {
  return new RegExp(`^(?:${paths.map((path) => path.replaceAll("*", "[^/.]+")).join("|")})$`)
}

async function keepShell() {
  const shell = await caches.open(shellName)
  await shell.add(new Request(OFFLINE, { cache: "no-cache" }))
  await Promise.all(SHELL.map((name) => keepFile(shell, ASSETS + name)))
  await skipWaiting()
}

// During an upgrade a process of another release may answer with its version of the file. That answer may not be kept,
// so installing fails, and the browser tries it again at a later visit.
async function keepFile(shell, path) {
  const answer = await fetch(path)
  if (!answer.ok || !answer.headers.get("Cache-Control")?.includes("immutable")) throw new Error(`${path} is of another version`)
  await shell.put(path, answer)
}

async function takeOver() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(`scoreboard shell ${scope} `) && name !== shellName)
  await Promise.all(old.map((name) => caches.delete(name)))
  await clients.claim()
  await keepShown()
}

// Pages that were opened before this worker was installed did not pass through it.
async function keepShown() {
  const boards = await caches.open(boardsName)
  for (const { url } of await clients.matchAll({ type: "window" })) {
    const address = new URL(url)
    address.hash = ""
    if (!COPY.test(below(address))) continue
    const answer = await fetch(address).catch(() => null)
    if (answer) await keepBoard(boards, address.href, answer)
  }
}

// A page of an older version, opened or kept before an upgrade, asks for a file of its version. Without a network it gets
// the one of this version.
async function file(request, name) {
  const kept = await (await caches.open(shellName)).match(ASSETS + name, MATCH)
  if (kept && new URL(request.url).pathname === ASSETS + name) return kept
  const answer = await fetch(request).catch(() => null)
  return answer && !away(answer) ? answer : (kept ?? answer ?? Response.error())
}

async function page(event, path) {
  const boards = await caches.open(boardsName)
  const kept = await boards.match(event.request, MATCH)
  const asked = fetch(event.request)
  // An answer that arrives too late for this page is kept for the next one.
  const keep = (answer) => keepBoard(boards, event.request.url, answer.clone())
  if (COPY.test(path)) event.waitUntil(asked.then(keep).catch(() => {}))
  try {
    const answer = await (kept ? inTime(asked) : asked)
    return kept && away(answer) ? kept : answer
  } catch {
    return kept ?? (await (await caches.open(shellName)).match(OFFLINE, MATCH)) ?? Response.error()
  }
}

// A proxy's error for an unreachable server is worth less than a copy.
function away({ status }) {
  return AWAY.includes(status)
}

function inTime(asked) {
  return Promise.race([asked, new Promise((_, late) => setTimeout(late, ANSWER_MS))])
}

// The copy contains the time at which it was made, so that the page can show its age.
async function keepBoard(boards, url, answer) {
  // A board that was deleted or made private is no longer shown, not even without a network.
  if (answer.status === 404 || answer.status === 410) await boards.delete(url, MATCH)
  if (answer.status !== 200 || answer.redirected) return
  const headers = new Headers(answer.headers)
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name)
  const text = (await answer.text()).replace("<html ", `<html data-kept-at="${Date.now()}" `)
  await boards.put(url, new Response(text, { headers }))
  const known = await boards.keys()
  await Promise.all(known.slice(0, -MAX_BOARDS).map((request) => boards.delete(request)))
}
