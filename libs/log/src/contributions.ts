import type { Participant } from './unit-of-work.js';

/** What one participant of a unit is to write. */
export interface Contribution {
  readonly participant: Participant<unknown>;
  readonly item: unknown;
}

/** Has each participant write all of its own at once, in the order in which they came in first. */
export async function flushContributions(contributions: readonly Contribution[], connection: unknown): Promise<void> {
  const byParticipant = new Map<Participant<unknown>, unknown[]>();
  for (const { participant, item } of contributions) {
    const items = byParticipant.get(participant);
    if (items === undefined) byParticipant.set(participant, [item]);
    else items.push(item);
  }
  for (const [participant, items] of byParticipant) await participant.flush(connection, items);
}
