// browser-storage.js: where a browser keeps things, and of which server they are.

// The server that this module came from, with a slash at its end.
export const ownServer = new URL("..", import.meta.url).href

// Null where nothing is kept, as in some private windows.
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
