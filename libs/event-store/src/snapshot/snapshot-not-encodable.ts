import { AnnalsError } from '@annals/message';

/** A state that no snapshot can hold as it is. Nobody who appended is told: the stream is read as without a snapshot. */
export class SnapshotNotEncodable extends AnnalsError {
  readonly code = 'STORE_SNAPSHOT_NOT_ENCODABLE';

  /** @param path where in the state; empty for the state itself */
  constructor(
    readonly path: string,
    fault: string,
    cause?: unknown,
  ) {
    super(`No snapshot can hold this state: ${path === '' ? 'it' : path} ${fault}`, { cause });
  }
}
