// browser-storage.js: where a browser keeps things; null where it keeps none, as in some private windows.

export function browserStorage() {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
