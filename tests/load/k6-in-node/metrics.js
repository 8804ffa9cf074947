// The module k6/metrics, as far as the scenario uses it.

export const added = {} // name of a metric -> the added values, each with its tags

class Metric {
  constructor(name) {
    this.values = added[name] = []
  }

  add(value, tags = {}) {
    this.values.push([value, tags])
  }
}

export { Metric as Counter, Metric as Rate, Metric as Trend }
