// refusals.js: the text about a refused form of an account, and the field that it is about. Pure but for the texts.

import { t } from "../messages.js"
import { nameRefusalText } from "./name-refusals.js"

const REFUSALS = {
  invalid_credentials: "account.wrong",
  not_a_guest: "account.hasName",
  score_out_of_range: "account.notMerged",
  scoring_disabled: "account.notMerged",
}
const FIELD_REFUSALS = {
  invalid_display_name: ["displayName", "name.invalid"],
  username_taken: ["username", "account.taken"],
  wrong_password: ["currentPassword", "account.wrongPassword"],
}
const INVALID_FIELDS = {
  displayName: "name.invalid",
  username: "account.badUsername",
  password: "account.badPassword",
  newPassword: "account.badPassword",
  currentPassword: "account.wrongPassword",
}

// { field, text }: `field` is "" if the text is about the whole form.
export function explained(refusal) {
  const { code, errors = [] } = refusal
  if (FIELD_REFUSALS[code]) return about(...FIELD_REFUSALS[code])
  const invalid = errors.find(({ field }) => INVALID_FIELDS[field])
  if (invalid) return about(invalid.field, INVALID_FIELDS[invalid.field])
  if (REFUSALS[code]) return about("", REFUSALS[code])
  return { field: "", text: nameRefusalText(refusal) }
}

function about(field, key) {
  return { field, text: t(key) }
}
