// embed-code.js: what puts a board on another page, as its author chose it. Pure.
//
// A choice is { kind, url, board, title, rows, theme, hide, scale }. What is as it would be anyway is left out.

const ROWS = 10
const FRAME_HEIGHT_PX = 520

// The address that shows it, and the lines that one puts on the page.
export function embedOf(choice) {
  return { address: ADDRESSES[choice.kind](choice), code: CODES[choice.kind](choice) }
}

const ADDRESSES = {
  element: frameAddress,
  frame: frameAddress,
  image: ({ url, board, ...choice }) => asked(`${url}/b/${board}.svg`, { rows: rows(choice), theme: theme(choice) }),
  overlay: ({ url, board, ...choice }) =>
    asked(`${url}/overlay/${board}`, {
      rows: rows(choice),
      theme: theme(choice),
      hide: choice.hide.join(","),
      scale: choice.scale === 1 ? "" : choice.scale,
    }),
  tv: ({ url, board, ...choice }) => asked(`${url}/b/${board}/tv`, { theme: theme(choice) }),
}

const CODES = {
  element: ({ url, board, ...choice }) => {
    const tag = attributes("live-leaderboard", {
      board,
      limit: rows(choice),
      theme: theme(choice),
      hide: choice.hide.join(","),
    })
    return `<script type="module" src="${escaped(url)}/embed.js"></script>\n<${tag}></live-leaderboard>`
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
  const query = { limit: rows(choice), theme: theme(choice), hide: choice.hide.join(",") }
  return asked(`${url}/embed/${board}`, query)
}

function rows({ rows }) {
  return rows === ROWS ? "" : rows
}

function theme({ theme }) {
  return theme === "auto" ? "" : theme
}

function asked(address, query) {
  const said = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))
  return said.size > 0 ? `${address}?${said}` : address
}

function attributes(name, values) {
  const said = Object.entries(values).filter(([, value]) => value !== "")
  return [name, ...said.map(([key, value]) => `${key}="${escaped(value)}"`)].join(" ")
}

function escaped(value) {
  return String(value).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
