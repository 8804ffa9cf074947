// server.js: which server something belongs to.

/** The server that this module came from, with a slash at its end. */
export const ownServer = new URL("..", import.meta.url).href

/**
 * What a server is called where the things of several are kept: its address, whole, with a slash at its end.
 * @param {string} url whole or below the page's origin; "" is its root
 */
export function serverAt(url) {
  return new URL(`${url.replace(/\/+$/, "")}/`, globalThis.location?.href ?? ownServer).href
}
