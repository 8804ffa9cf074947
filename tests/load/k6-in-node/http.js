// The module k6/http, as far as the scenario uses it.

import { callWorker } from "./waiting.js"

export default {
  request: (method, url, body, { headers }) => callWorker({ method, url, body: body ?? undefined, headers }),
}
