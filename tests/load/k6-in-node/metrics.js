export const added = {} // name of a metric -> what was added to it

class Metric {
  constructor(name) {
    this.values = added[name] = []
  }

  add(value, tags = {}) {
    this.values.push([value, tags])
  }
}

export { Metric as Counter, Metric as Rate, Metric as Trend }
