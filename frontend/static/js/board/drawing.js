// drawing.js: draws changes of a board. Rows slide, scores count up, and marks show rank changes. Important changes are
// announced to screen readers and dispatched as events. Loaded when there is something to draw.

import { t } from "../messages.js"
import { onPodium } from "./compare.js"
import { showScoreChanges } from "./score-count-up.js"
import { List } from "./list.js"
import { RankHistory } from "./rank-history.js"
import { fillMove, fillTrend } from "./rank-changes.js"
import { fillRow } from "./row.js"
import { Announcer } from "./announcer.js"
import { Pace } from "./pace.js"
import { Slides } from "./slides.js"

export class Drawing {
  #watch
  #empty
  #format
  #tell
  #list
  #custom
  #announcer
  #history = new RankHistory()
  #slides = new Slides()
  #pace = new Pace()
  #period
  #seen
  #before = { leader: null, own: null }

  // `first` are all rows of the board at `since`, if they were known then. `custom` fills rows from a template, if there is one.
  constructor({ root, watch, format, first, since, announceMs, speak, tell, custom }) {
    this.#watch = watch
    this.#empty = root.querySelector(".empty")
    this.#format = format
    this.#tell = tell
    this.#custom = custom
    this.#list = new List(root)
    this.#announcer = new Announcer(speak, announceMs)
    this.#period = watch.board.period
    this.#seen = first
    if (first.length) this.#history.see(first, since)
  }

  say(kind, text) {
    this.#announcer.say(kind, text)
  }

  // How long to wait until the shown rows may be drawn, in milliseconds.
  wait() {
    return this.#pace.wait(this.#watch.shown.rows, performance.now())
  }

  // Draw the shown rows: without effects if `calm` (these are other rows, not changes of the same ones), without movement
  // if `still`. `also(row, now)` is called for each row, to fill the cells that belong to other modules.
  draw({ me, podium, still, calm, also }) {
    this.#see(Date.now())
    const { board, choice, shown } = this.#watch
    this.#pace.drawn(shown.rows, performance.now())
    const look = { columns: board.s === null ? this.#list.columns : board.columns, format: this.#format, me }
    const places = this.#slides.places(still || calm ? [] : this.#list.elements)
    const { scored, moved } = this.#list.show(shown.rows, {
      columns: look.columns,
      podium: podium && onPodium(choice, shown.rows),
      apart: choice.view === "top" && !shown.rows.some(({ id }) => id === me) ? this.#watch.row(me) : null,
      fill: (row, before, now) => this.#fill(row, before, now, look, also),
    })
    this.#slides.from(places, this.#list.elements, new Set(scored.map(({ row }) => row)))
    if (!calm) showScoreChanges(scored, this.#format, still)
    this.#report(calm ? [] : moved, me)
    this.#showEmpty(board.total === 0 && shown.rows.length === 0)
  }

  // The server sends this element without its text if the board has rows, since text browsers would show both.
  #showEmpty(empty) {
    if (empty && !this.#empty.childElementCount) {
      const text = document.createElement("p")
      text.textContent = t("board.empty")
      this.#empty.append(text)
    }
    this.#empty.hidden = !empty
  }

  #fill(row, before, now, look, also) {
    const change = this.#history.change(now)
    if (this.#custom) return this.#custom(row, now, { ...look, change })
    fillRow(row, before, now, look)
    fillMove(row, change)
    fillTrend(row, this.#history.trend(now.id))
    also(row, now)
  }

  #see(now) {
    const { board, rows } = this.#watch
    if (board.s === null || rows === this.#seen) return
    if (board.period !== this.#period) this.#history.clear()
    this.#period = board.period
    this.#seen = rows
    this.#history.see(rows, now)
  }

  #report(moved, me) {
    const { board, rows } = this.#watch
    const [leader, own, before] = [rows[0] ?? null, me ? this.#watch.row(me) : null, this.#before]
    this.#before = { leader, own }
    this.#tell("lb-update", { total: board.total, period: board.period, moved })
    if (leader && before.leader && leader.id !== before.leader.id) {
      this.#announcer.say("leader", t("board.leads", { name: leader.n }))
      this.#tell("lb-leader-change", { player: leader.id, from: before.leader.id })
    }
    if (own && own.rank !== before.own?.rank) {
      if (before.own) this.#announcer.say("rank", t("board.yourRank", { rank: own.rank }))
      this.#tell("lb-me", { player: own.id, rank: own.rank, from: before.own?.rank ?? null, score: own.s })
    }
  }
}
