// update-hold.js: whether news may be shown now, and how much of it waits. Pure.
//
// Rows that move under a pointer, under a selection or under the keyboard's focus are not clicked
// and not read: while there is a reason to hold, news only counts.

export class UpdateHold {
  waiting = 0
  #reasons = new Set()

  get paused() {
    return this.#reasons.has("pause")
  }

  get held() {
    return this.#reasons.size > 0
  }

  // Something is new. Returns whether it may be shown.
  news() {
    if (this.held) this.waiting += 1
    return !this.held
  }

  hold(reason) {
    this.#reasons.add(reason)
  }

  // Returns whether what waited is to be shown now.
  release(reason) {
    const was = this.#reasons.delete(reason)
    return was && !this.held && this.caughtUp()
  }

  // What waited is shown, whatever else holds. Returns whether anything did.
  caughtUp() {
    const any = this.waiting > 0
    this.waiting = 0
    return any
  }
}
