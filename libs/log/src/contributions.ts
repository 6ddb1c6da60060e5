import type { Participant } from './unit-of-work.js';

/** What one participant of a unit is to write. */
export interface Contribution {
  readonly participant: Participant<unknown>;
  readonly item: unknown;
}

/**
 * Has each participant write all of its own at once: by rank, so that two units never wait for each other's locks, then in the
 * order in which they came in first.
 */
export async function flushContributions(contributions: readonly Contribution[], connection: unknown): Promise<void> {
  const byParticipant = new Map<Participant<unknown>, unknown[]>();
  for (const { participant, item } of contributions) {
    const items = byParticipant.get(participant);
    if (items === undefined) byParticipant.set(participant, [item]);
    else items.push(item);
  }
  const inOrder = [...byParticipant].sort(([one], [other]) => (one.rank ?? 0) - (other.rank ?? 0));
  for (const [participant, items] of inOrder) await participant.flush(connection, items);
}
