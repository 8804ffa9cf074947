// browser-storage.js: the browser's storage, and the URL of the server that stored values belong to.

// The URL of the server that this module was loaded from, with a slash at its end. The server's own pages load it from
// an address with a version.
export const ownServer = new URL("..", import.meta.url).href.replace(/assets\/[0-9a-f]{16}\/$/, "")

// The browser's localStorage; null if it is unavailable, as in some private windows.
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

// The keys of stored values that begin with `prefix`.
export function storedKeys(prefix, storage = browserStorage()) {
  const keys = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage.key(index))
  return keys.filter((key) => key.startsWith(prefix))
}
