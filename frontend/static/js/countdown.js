// countdown.js: how long it is until the end of something, in the page's language, such as "in 3 days".

import { until } from "./messages.js"

// Every <time data-ends="…"> below an element, in milliseconds since 1970.
export function showCountdowns(root, now = Date.now()) {
  for (const time of root.querySelectorAll("time[data-ends]")) {
    const text = until(Number(time.dataset.ends) - now)
    if (time.textContent !== text) time.textContent = text
  }
}
