// lazy.js: a value that is loaded when it is first needed. Pure.

export class Lazy {
  value = null
  #load
  #loading = null

  constructor(load) {
    this.#load = load
  }

  // Run with the value, at once if it is loaded. If it can't be loaded nothing runs, and the next call tries again.
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
