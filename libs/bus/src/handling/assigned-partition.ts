import type { PartitionRunner } from './partition-runner.js';

/** One partition that a subscription has. */
export interface AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly generation: number;
  /** Up to where it is handled. */
  readonly position: number;
  readonly state: 'running' | 'paused' | 'blocked' | 'draining';
}

/** How a partition is doing. */
export const assignedOf = (runner: PartitionRunner): AssignedPartition => ({
  topic: runner.topic.name,
  partition: runner.owned.partition,
  generation: runner.owned.generation,
  position: runner.done,
  state: stateOf(runner),
});

function stateOf(runner: PartitionRunner): AssignedPartition['state'] {
  if (runner.isBlocked) return 'blocked';
  if (runner.isDraining) return 'draining';
  return runner.isPaused ? 'paused' : 'running';
}
