// lazy.js: something that is loaded when it is first needed. Pure.

export class Lazy {
  value = null
  #load
  #loading = null

  constructor(load) {
    this.#load = load
  }

  // Run with it: at once where it is there. Where it can't be loaded nothing happens, and the next one tries again.
  async with(run) {
    if (!this.value) {
      try {
        this.value = await (this.#loading ??= this.#load())
      } catch (error) {
        this.#loading = null
        return console.warn(error)
      }
    }
    run?.(this.value)
  }
}
