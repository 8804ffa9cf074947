// code-tabs.js: <code-tabs> shows one of its figures at a time. A chosen language applies to all of them, and to the
// next visit. Without scripts all figures are shown, one below the other.

const KEY = "scoreboard.samples"

class CodeTabs extends HTMLElement {
  #figures = []
  #tabs = []

  connectedCallback() {
    if (this.#tabs.length > 0) return
    this.#figures = [...this.querySelectorAll("figure")]
    this.#tabs = this.#figures.map((figure) => this.#tab(figure))
    const bar = document.createElement("div")
    bar.setAttribute("role", "tablist")
    bar.append(...this.#tabs)
    bar.addEventListener("keydown", (event) => this.#move(event))
    this.prepend(bar)
    this.show(storedLanguage() ?? this.#figures[0].dataset.language)
  }

  show(language) {
    const chosen = Math.max(0, this.#figures.findIndex((figure) => figure.dataset.language === language))
    this.#tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen))
      tab.tabIndex = index === chosen ? 0 : -1
      this.#figures[index].hidden = index !== chosen
    })
  }

  #tab(figure) {
    const { language, step } = figure.dataset
    const caption = figure.querySelector("figcaption")
    figure.id = `${step}-${language}`
    figure.setAttribute("role", "tabpanel")
    figure.setAttribute("aria-labelledby", `${figure.id}-tab`)
    caption.hidden = true
    const tab = document.createElement("button")
    Object.assign(tab, { type: "button", id: `${figure.id}-tab`, textContent: caption.textContent })
    tab.setAttribute("role", "tab")
    tab.setAttribute("aria-controls", figure.id)
    tab.addEventListener("click", () => choose(language, this))
    return tab
  }

  #move(event) {
    const forwards = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    const backwards = forwards === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"
    const here = this.#tabs.indexOf(document.activeElement)
    const last = this.#tabs.length - 1
    const next = { [forwards]: here + 1, [backwards]: here - 1, Home: 0, End: last }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const tab = this.#tabs[(next + this.#tabs.length) % this.#tabs.length]
    tab.focus()
    tab.click()
  }
}

// Samples above change their height: scroll so that the pressed tab stays in place.
function choose(language, pressed) {
  const top = pressed.getBoundingClientRect().top
  for (const tabs of document.querySelectorAll("code-tabs")) tabs.show(language)
  scrollBy({ top: pressed.getBoundingClientRect().top - top, behavior: "instant" })
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage is unavailable, as in some private windows.
  }
}

function storedLanguage() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

customElements.define("code-tabs", CodeTabs)
