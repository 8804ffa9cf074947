// k6 waits where Node.js promises: a worker does the work, and this thread sleeps until it has an answer.

import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads"

const { port1: here, port2: there } = new MessageChannel()
const bell = new Int32Array(new SharedArrayBuffer(4))
const worker = new Worker(new URL("./worker.js", import.meta.url), {
  workerData: { there, bell },
  transferList: [there],
})
worker.unref()

export function waited(asked) {
  Atomics.store(bell, 0, 0)
  here.postMessage(asked)
  Atomics.wait(bell, 0, 0)
  const { answer, error } = receiveMessageOnPort(here).message
  if (error) throw new Error(error)
  return answer
}
