import type { Checkpoint } from '@annals/log';
import type { RecordedEvent } from '../stream/recorded-event.js';

/** Events in causal order, and where to go on after them. */
export interface EventBatch {
  readonly events: readonly RecordedEvent[];
  /** Past everything read or filtered out. */
  readonly checkpoint: Checkpoint;
  /** True when there was nothing more at the time of the read. */
  readonly caughtUp: boolean;
}
