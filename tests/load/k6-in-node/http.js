import { waited } from "./waiting.js"

export default {
  request: (method, url, body, { headers }) => waited({ method, url, body: body ?? undefined, headers }),
}
