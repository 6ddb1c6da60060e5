// @ts-check
/**
 * What a load believes about its streams: the revision each one has reached, and how many events were acknowledged.
 * It hands out streams in a shuffled round, never one with an append still in flight, so that no load conflicts with itself.
 */
export class Ledger {
  /** @param {number} streams how many streams the load spreads over */
  constructor(streams) {
    this.revisions = new Int32Array(streams);
    this.#busy = new Uint8Array(streams);
    this.#round = shuffled(streams);
    /** Events the store has confirmed, over all slices. */
    this.acknowledged = 0;
  }

  #busy;
  #round;
  #next = 0;

  /** Takes the next free stream; give it back with `settle`. @returns {number} */
  take() {
    for (;;) {
      const stream = /** @type {number} */ (this.#round[this.#next++ % this.#round.length]);
      if (this.#busy[stream] === 0) {
        this.#busy[stream] = 1;
        return stream;
      }
    }
  }

  /** @param {number} stream @returns {number} the revision the stream has reached; 0 when it has no event */
  revision(stream) {
    return /** @type {number} */ (this.revisions[stream]);
  }

  /** @param {number} stream @param {number} events how many were acknowledged */
  settle(stream, events) {
    this.revisions[stream] = this.revision(stream) + events;
    this.#busy[stream] = 0;
    this.acknowledged += events;
  }
}

/** Fisher-Yates over a fixed linear congruence, so that every contender visits the streams in the same order. @param {number} length */
function shuffled(length) {
  const order = Int32Array.from({ length }, (_, n) => n);
  let state = 20_101_201;
  for (let last = length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (last + 1);
    const kept = /** @type {number} */ (order[last]);
    order[last] = /** @type {number} */ (order[other]);
    order[other] = kept;
  }
  return order;
}
