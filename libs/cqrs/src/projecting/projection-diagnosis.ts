import type { ProjectionRunner } from './projection-runner.js';
import type { RunningTransaction, StoredProjection } from './projection-storage.js';
import type { EventInHand, ProjectionDiagnosis } from './projection-status.js';

/** What a diagnosis is made of. */
export interface Findings {
  readonly runner: ProjectionRunner;
  readonly stored: StoredProjection;
  readonly running: readonly RunningTransaction[];
  readonly inHand: EventInHand | undefined;
}

const QUERY_LENGTH = 200;
const short = (query: string): string => query.replaceAll(/\s+/g, ' ').trim().slice(0, QUERY_LENGTH);

/** Why a projection does not get on, as far as can be seen. */
export function diagnose({ runner, stored, running, inHand }: Findings): ProjectionDiagnosis {
  const { lastError } = runner;
  const reasons = [
    ...(stored.paused ? [`it is paused since ${stored.paused.since.toISOString()}: ${stored.paused.reason}`] : []),
    ...stored.failures.map(({ partition, message }) => `partition ${partition} met: ${message}`),
    ...(stored.failures.length === 0 && lastError instanceof Error ? [`it met: ${lastError.message}`] : []),
    ...(runner.state === 'stopped' && running.length === 0 ? ['it is stopped in this process'] : []),
    ...(inHand ? [`a handler has been at ${inHand.type} of ${inHand.stream} for ${Math.round(inHand.forMs)} ms`] : []),
    ...running.flatMap(transactionReasons),
    ...Object.entries(stored.parked).map(
      ([partition, events]) => `${events} events of partition ${partition} are set aside`,
    ),
  ];
  return { reasons, running, inHand };
}

function transactionReasons({ pid, query, waitsFor, blockedBy }: RunningTransaction): string[] {
  if (blockedBy.length === 0) {
    return waitsFor === undefined ? [] : [`its transaction (pid ${pid}) waits for ${waitsFor} in: ${short(query)}`];
  }
  return blockedBy.map(
    (blocker) =>
      `its transaction (pid ${pid}) waits in "${short(query)}" for pid ${blocker.pid} (${blocker.application}), which is ` +
      `${blocker.state} since ${blocker.since?.toISOString() ?? 'unknown'} after "${short(blocker.query)}"`,
  );
}
