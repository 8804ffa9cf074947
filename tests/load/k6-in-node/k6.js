// The module k6, as far as the scenario uses it.

export function sleep(seconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000 * seconds)
}

export function check(value, conditions) {
  return Object.values(conditions).every((holds) => holds(value))
}
