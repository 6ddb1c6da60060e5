import type { RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import type { DeclaredProjection } from './projection.js';

/** What an external projection's `@OnBatch` method is given beside the events. */
export interface ExternalContext {
  /** What the target holds now. */
  readonly from: Checkpoint;
  /** What it holds with these events: to be stored with them, so that both are there or neither. */
  readonly to: Checkpoint;
}

/**
 * What a projection with `mode: 'external'` implements beside its one `@OnBatch(…)` method: a search index, a file, another
 * database. Its method gets all events of a step at once and stores them together with `context.to`. After a crash, or
 * from an owner that was stopped for long, a step may come again: who stores no checkpoint with the data must tell events
 * apart by partition and offset.
 */
export interface ExternalTarget {
  /** The checkpoint that the target holds; an empty one for a target that holds nothing. */
  checkpoint(): Promise<Checkpoint>;
}

/** The target of an external projection; undefined for any other. */
export function externalTargetOf(definition: {
  readonly declared: DeclaredProjection;
  readonly instance: object;
}): ExternalTarget | undefined {
  return definition.declared.mode === 'external' ? (definition.instance as ExternalTarget) : undefined;
}

/** Hands a step over to an external target. */
export type SaveExternally = (events: readonly RecordedEvent[], context: ExternalContext) => Promise<void>;
