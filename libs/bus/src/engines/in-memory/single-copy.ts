import { NotEnoughReplicas } from '../../topics/not-enough-replicas.js';
import { Replication } from '../../topics/replication.js';
import type { Topic } from '../../topics/topic.js';

/** Memory is one copy, and no more. */
export class SingleCopy extends Replication {
  override async ensureEnough({ name, config }: Topic): Promise<void> {
    if (config.minInsyncReplicas > 1) throw new NotEnoughReplicas(name, 1, config.minInsyncReplicas);
  }

  override async awaitEnough(): Promise<void> {
    // What is there is in the only copy.
  }
}
