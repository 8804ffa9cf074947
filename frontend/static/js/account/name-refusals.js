// name-refusals.js: the text about a refused name, for the page's language. Pure but for the texts.

import { soon, t } from "../messages.js"

const REFUSALS = {
  invalid_display_name: "name.invalid",
  account_suspended: "name.suspended",
}

export function nameRefusalText({ status, code, detail, retryAfterSeconds }) {
  if (REFUSALS[code]) return t(REFUSALS[code])
  if (status === 429) return t("name.limited", { soon: soon(retryAfterSeconds) })
  if (status === 401) return t("name.over")
  if (!(status >= 400 && status < 500) || code.startsWith("http_")) return t("name.noAnswer")
  return code === "validation_failed" ? t("name.invalid") : detail
}
