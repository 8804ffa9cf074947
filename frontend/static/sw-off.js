// sw-off.js: unregisters the service worker. Served where SERVICE_WORKER is off.

addEventListener("install", () => skipWaiting())
addEventListener("activate", (event) => event.waitUntil(leave()))

async function leave() {
  const names = await caches.keys()
  const scope = new URL("./", location).pathname
  const ours = names.filter((name) => name.startsWith("scoreboard ") && `${name} `.includes(` ${scope} `))
  await Promise.all(ours.map((name) => caches.delete(name)))
  await registration.unregister()
}
