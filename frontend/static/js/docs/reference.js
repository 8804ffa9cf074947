// reference.js: the script of the API's reference: it finds calls by words, opens the one that the address names, and
// adds a form to try a call to each one that is opened.

const place = document.querySelector("#reference")
const controls = place.querySelector("form")
const calls = [...place.querySelectorAll(".call")]

controls.addEventListener("submit", (event) => event.preventDefault())
controls.elements.words.addEventListener("input", ({ target }) => showFound(target.value))
addEventListener("hashchange", openNamed)
for (const call of calls) call.addEventListener("toggle", () => offerForm(call), { once: true })
openNamed()

function showFound(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  for (const call of calls) {
    const content = call.querySelector("summary").textContent.toLowerCase()
    call.hidden = !words.every((word) => content.includes(word))
  }
  for (const group of place.querySelectorAll(".calls")) group.hidden = !group.querySelector(".call:not([hidden])")
  place.querySelector(".shapes").hidden = words.length > 0
  document.querySelector("#nothing-found").hidden = calls.some((call) => !call.hidden)
}

// A link to a call or a shape also opens it.
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (named?.matches("details")) {
    named.open = true
    named.scrollIntoView()
  }
}

async function offerForm(call) {
  if (call.dataset.media === "text/event-stream") return // it never ends; /docs/events shows streams
  const { callForm } = await import("./call-form.js")
  call.querySelector(".call-body").append(callForm(call, { base: place.dataset.base, credential: () => controls.elements.credential.value }))
}
