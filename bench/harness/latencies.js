// @ts-check
/** Collects durations and answers percentiles. Milliseconds. */
export class Latencies {
  /** @type {number[]} */
  #samples = [];

  /** @param {number} ms */
  add(ms) {
    this.#samples.push(ms);
  }

  get count() {
    return this.#samples.length;
  }

  /** Sorts once for both figures. @returns {{ p50Ms: number, p99Ms: number }} NaN when nothing was collected */
  percentiles() {
    const sorted = Float64Array.from(this.#samples).sort();
    return { p50Ms: at(sorted, 0.5), p99Ms: at(sorted, 0.99) };
  }
}

/** Nearest rank. @param {Float64Array} sorted @param {number} share between 0 and 1 */
function at(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** @param {readonly number[]} values @returns {number} the middle value, or the mean of the two middle ones; NaN of nothing */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
