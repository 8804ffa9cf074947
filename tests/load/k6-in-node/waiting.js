// Calls of k6 block, those of Node.js return promises: a worker does the work, and this thread sleeps until the answer.

import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads"

const { port1: here, port2: there } = new MessageChannel()
const done = new Int32Array(new SharedArrayBuffer(4))
const worker = new Worker(new URL("./worker.js", import.meta.url), {
  workerData: { there, done },
  transferList: [there],
})
worker.unref()

export function callWorker(request) {
  Atomics.store(done, 0, 0)
  here.postMessage(request)
  Atomics.wait(done, 0, 0)
  const { answer, error } = receiveMessageOnPort(here).message
  if (error) throw new Error(error)
  return answer
}
