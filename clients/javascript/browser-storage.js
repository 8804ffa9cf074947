// browser-storage.js: the browser's storage, and the server that stored values belong to.

// The address of the server that this module came from, with a slash at its end.
export const ownServer = new URL("..", import.meta.url).href

// Null where storage is unavailable, as in some private windows.
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
