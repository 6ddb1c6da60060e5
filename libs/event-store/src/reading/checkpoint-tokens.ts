import type { Checkpoint, Log } from '@annals/log';
import { checkCheckpoint, decodeToken, encodeToken } from '@annals/log';
import { CheckpointAhead } from './checkpoint-ahead.js';

/** @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) when no log of this shape can have given the checkpoint out */
export async function toToken(log: Log, checkpoint: Checkpoint): Promise<string> {
  return encodeToken(await log.incarnation(), checkCheckpoint(checkpoint, log.partitions));
}

/** @throws CheckpointAhead (`STORE_CHECKPOINT_AHEAD`), InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) */
export async function fromToken(log: Log, token: string): Promise<Checkpoint> {
  const { incarnation, checkpoint } = decodeToken(token);
  const own = await log.incarnation();
  if (incarnation !== own) throw new CheckpointAhead(`it is of log ${incarnation}, this is ${own}`);
  checkCheckpoint(checkpoint, log.partitions);
  const head = await log.head();
  for (const [partition, offset] of checkpoint.entries()) {
    const end = head[partition] ?? 0;
    if (offset > end) throw new CheckpointAhead(`in partition ${partition} it is at ${offset}, the log only at ${end}`);
  }
  return checkpoint;
}
