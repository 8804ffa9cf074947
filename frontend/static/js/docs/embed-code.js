// embed-code.js: the code that puts a board on another site. Pure.
//
// A choice is { kind, url, board, title, rows, theme, hide, scale }, with the scale in percent. Defaults are left out.

const ROWS = { element: 10, frame: 10, image: 10, overlay: 5 }
const SCALE = 100
const FRAME_HEIGHT_PX = 520

// The address of the preview, and the code for the site.
export function embedOf(choice) {
  return { address: ADDRESSES[choice.kind](choice), code: CODES[choice.kind](choice) }
}

const ADDRESSES = {
  element: frameAddress,
  frame: frameAddress,
  image: ({ url, board, ...choice }) => withQuery(`${url}/b/${board}.svg`, { rows: rows(choice), theme: theme(choice) }),
  overlay: ({ url, board, ...choice }) =>
    withQuery(`${url}/overlay/${board}`, {
      rows: rows(choice),
      theme: theme(choice),
      hide: choice.hide.join(","),
      scale: choice.scale === SCALE ? "" : choice.scale,
    }),
  tv: ({ url, board }) => `${url}/b/${board}/tv`,
}

const CODES = {
  element: ({ url, board, ...choice }) => {
    const tag = attributes("live-leaderboard", {
      board,
      limit: rows(choice),
      theme: theme(choice),
      hide: choice.hide.join(","),
    })
    return `<script type="module" src="${escape(url)}/embed.js"></script>\n<${tag}></live-leaderboard>`
  },
  frame: (choice) => {
    const tag = attributes("iframe", {
      src: frameAddress(choice),
      title: choice.title,
      width: "100%",
      height: FRAME_HEIGHT_PX,
      loading: "lazy",
    })
    return `<${tag}></iframe>`
  },
  image: (choice) => {
    const alt = choice.title.replace(/[[\]\\]/g, "\\$&")
    return `[![${alt}](${ADDRESSES.image(choice)})](${choice.url}/b/${choice.board})`
  },
  overlay: (choice) => ADDRESSES.overlay(choice),
  tv: (choice) => ADDRESSES.tv(choice),
}

function frameAddress({ url, board, ...choice }) {
  const query = { rows: rows(choice), theme: theme(choice), hide: choice.hide.join(",") }
  return withQuery(`${url}/embed/${board}`, query)
}

function rows({ kind, rows }) {
  return rows === ROWS[kind] ? "" : rows
}

// The default of an overlay is dark.
function theme({ kind, theme }) {
  return theme === "auto" || (kind === "overlay" && theme === "dark") ? "" : theme
}

function withQuery(address, query) {
  const params = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))
  return params.size > 0 ? `${address}?${params}` : address
}

function attributes(name, values) {
  const present = Object.entries(values).filter(([, value]) => value !== "")
  return [name, ...present.map(([key, value]) => `${key}="${escape(value)}"`)].join(" ")
}

function escape(value) {
  return String(value).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
