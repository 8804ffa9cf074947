// Play and watch once as a user of the k6 scenario does, and print its options and the metrics.

import { added } from "k6/metrics"

globalThis.__ENV = process.env
const scenario = await import("./scenario.k6.js")
scenario.play()
scenario.watch()
console.log(
  JSON.stringify({
    options: scenario.options,
    added,
    bits: ["ff", "7f", "1f", "0f", "01", "00ff", "0000"].map(scenario.zeroBits),
  }),
)
process.exit()
