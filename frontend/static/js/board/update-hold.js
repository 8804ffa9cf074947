// update-hold.js: whether updates may be shown now, and how many wait. Pure.
//
// Rows that move under a pointer, a selection or the keyboard's focus can be neither clicked nor read. While there
// is a reason to hold, updates are only counted.

export class UpdateHold {
  waiting = 0
  #reasons = new Set()

  get paused() {
    return this.#reasons.has("pause")
  }

  get held() {
    return this.#reasons.size > 0
  }

  // Count an update. Returns whether it may be shown.
  news() {
    if (this.held) this.waiting += 1
    return !this.held
  }

  hold(reason) {
    this.#reasons.add(reason)
  }

  // Returns whether waiting updates are to be shown now.
  release(reason) {
    const was = this.#reasons.delete(reason)
    return was && !this.held && this.caughtUp()
  }

  // Waiting updates are shown, whatever the reasons to hold. Returns whether there were any.
  caughtUp() {
    const any = this.waiting > 0
    this.waiting = 0
    return any
  }
}
