import type { SnapshotOptions } from '../snapshot/snapshot-options.js';
import { snapshotPolicy } from '../snapshot/snapshot-options.js';
import type { Stateful, StateModel } from '../state/state-model.js';
import type { NamedEvent, NewEvent } from '../stream/new-event.js';
import type { ReplayedEvent } from '../stream/recorded-event.js';

/** The sum of what was counted in a stream. */
export class Tally implements Stateful {
  total = 0;
  /** Events that this very object has taken in one by one, and not from a snapshot. */
  replayed = 0;
  revision = 0;
  uncommitted: NewEvent[] = [];

  constructor(readonly stream: string) {}

  add(by: number, given: Partial<NamedEvent> = {}): void {
    this.total += by;
    this.uncommitted.push({ type: 'counted', data: { by }, ...given });
  }

  replay({ type, revision, data }: ReplayedEvent): void {
    if (revision !== this.revision + 1) throw new RangeError(`${revision} does not follow on ${this.revision}`);
    if (type === 'counted') this.total += (data as { by: number }).by;
    this.replayed += 1;
    this.revision = revision;
  }

  markCommitted(): void {
    this.revision += this.uncommitted.length;
    this.uncommitted = [];
  }
}

/** Tallies, with snapshots if options for them are given. */
export const tallies = (snapshot?: SnapshotOptions, given: Partial<StateModel<Tally>> = {}): StateModel<Tally> => ({
  name: 'tally',
  create: (stream) => new Tally(stream),
  snapshot: snapshot && {
    policy: snapshotPolicy(snapshot),
    capture: ({ total }) => ({ total }),
    restore: (tally, revision, captured) => {
      tally.total = (captured as { total: number }).total;
      tally.revision = revision;
    },
  },
  ...given,
});
