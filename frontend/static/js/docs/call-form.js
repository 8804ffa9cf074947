// call-form.js: a form in which a call of the API can be tried.

import { t } from "../messages.js"

const LONGEST = 100_000 // characters of an answer that are shown

// `call` is the element that describes the call; `credential` returns the typed credential, which is sent and not stored.
export function callForm(call, { base, credential }) {
  const form = element("form", "try")
  const inputs = [...call.querySelectorAll(".parameters li")].map(inputFor)
  const sample = call.querySelector(".sample")?.textContent
  const body = sample === undefined ? null : bodyField(sample)
  const send = element("button", "primary", t("api.send"))
  const buttons = element("div", "buttons")
  const status = element("p", "status")
  status.setAttribute("role", "status")
  const answer = element("pre", "answer")
  Object.assign(answer, { tabIndex: 0, hidden: true })
  answer.setAttribute("role", "region")
  answer.setAttribute("aria-label", t("api.answer"))
  buttons.append(send)
  form.append(element("h3", "", t("api.try")), ...inputs.map(({ label }) => label), ...(body ? [body.label] : []), buttons, status, answer)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    send.disabled = true
    await show(requestFor(call, inputs, body, { base, credential: credential() }), status, answer)
    send.disabled = false
  })
  return form
}

function inputFor(parameter) {
  const { name, where, example, required } = parameter.dataset
  const input = element("input")
  Object.assign(input, { value: example, required: required !== undefined, autocomplete: "off", spellcheck: false })
  const label = element("label", "", name)
  label.append(input)
  return { name, where, input, label }
}

function bodyField(sample) {
  const input = element("textarea")
  Object.assign(input, { value: sample, rows: Math.min(12, sample.split("\n").length + 1), spellcheck: false })
  const label = element("label", "", t("api.body"))
  label.append(input)
  return { input, label }
}

function requestFor(call, inputs, body, { base, credential }) {
  const { method, route } = call.dataset
  const given = inputs.map(({ name, where, input }) => ({ name, where, value: input.value })).filter(({ value }) => value)
  const of = (kind) => given.filter(({ where }) => where === kind)
  const filled = of("path").reduce((path, { name, value }) => path.replace(`{${name}}`, encodeURIComponent(value)), route)
  const query = new URLSearchParams(of("query").map(({ name, value }) => [name, value]))
  const headers = Object.fromEntries(of("header").map(({ name, value }) => [name, value]))
  if (credential) headers.Authorization = `Bearer ${credential}`
  if (body) headers["Content-Type"] = "application/json"
  const address = `${base}/${filled}${query.size ? `?${query}` : ""}`
  return new Request(address, { method, headers, body: body?.input.value, credentials: "omit", cache: "no-store" })
}

async function show(request, status, answer) {
  const startedAt = performance.now()
  try {
    const response = await fetch(request)
    const text = await response.text()
    const n = Math.round(performance.now() - startedAt)
    status.textContent = t("api.answered", { status: `${response.status} ${response.statusText}`, n })
    answer.textContent = indented(text).slice(0, LONGEST)
  } catch {
    status.textContent = t("api.failed")
    answer.textContent = ""
  }
  answer.hidden = answer.textContent === ""
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function element(name, className = "", text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text })
}
