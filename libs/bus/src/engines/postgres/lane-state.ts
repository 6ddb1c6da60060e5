import type { QueueState } from '../../queues/queue.js';

/** What `lane-states.sql` says of a lane. */
export type LaneColumns = readonly [
  lane: number,
  head: number,
  tail: number,
  headBytes: number,
  tailBytes: number,
  ready: number,
  readyBytes: number,
  waiting: number,
  held: number,
];

/** What is in a queue, by its lanes. */
export function stateOf(lanes: readonly LaneColumns[], consumers: number): QueueState {
  const state = { ready: 0, unacked: 0, waiting: 0, readyBytes: 0, consumers };
  for (const [, head, tail, headBytes, tailBytes, ready, readyBytes, waiting, held] of lanes) {
    state.ready += Math.max(0, tail - head) + ready;
    state.readyBytes += (tail > head ? tailBytes - headBytes : 0) + readyBytes;
    state.waiting += waiting;
    state.unacked += held;
  }
  return state;
}
