// Group commit: completions that come in one turn of the event loop, or while a group is being
// committed, are committed together.
const MOST = 512

export function groupCommits(commit) {
  const waiting = []
  let busy = false

  async function flush() {
    while (waiting.length > 0) {
      const group = waiting.splice(0, MOST)
      try {
        const scores = await commit(group)
        group.forEach((one, index) => one.resolve(scores[index]))
      } catch (error) {
        for (const one of group) one.reject(error)
      }
    }
    busy = false
  }

  return (id, player, points) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, player, points, resolve, reject })
      if (busy) return
      busy = true
      setImmediate(flush)
    })
}
