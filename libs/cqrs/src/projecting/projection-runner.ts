import type { Checkpoint } from '@annals/log';
import { lanesOf } from './lane.js';
import { LaneRunner } from './lane-runner.js';
import type { LaneRunnerParts, ProjectionState } from './lane-runner.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionKey } from './projection.js';
import type { StoredProjection } from './projection-storage.js';

/** The state that says most about a projection whose lanes differ, first. */
const TELLING: readonly ProjectionState[] = ['failed', 'retrying', 'running', 'paused', 'standby', 'stopped'];

/** What a projection is run with: what each of its lanes is. */
export interface ProjectionRunnerParts extends Omit<LaneRunnerParts, 'lane'> {
  /** Under which it keeps its cursors. */
  readonly key: ProjectionKey;
}

/** Runs a projection in this process: all its lanes, or as many as other processes leave. */
export class ProjectionRunner {
  readonly definition: ProjectionDefinition;
  private readonly lanes: readonly LaneRunner[];

  constructor(private readonly parts: ProjectionRunnerParts) {
    const { key, ...shared } = parts;
    this.definition = parts.definition;
    this.lanes = lanesOf(key, this.definition.declared.lanes).map((lane) => new LaneRunner({ ...shared, lane }));
  }

  get state(): ProjectionState {
    const states = new Set(this.lanes.map(({ state }) => state));
    return TELLING.find((state) => states.has(state)) ?? 'stopped';
  }

  /** What went wrong last, until something goes well. */
  get lastError(): unknown {
    return this.lanes.map(({ lastError }) => lastError).find((error) => error !== undefined);
  }

  /** What this process has done; undefined unless it owns all lanes. */
  get checkpoint(): Checkpoint | undefined {
    const done = this.lanes.map(({ checkpoint }) => checkpoint);
    if (done.some((checkpoint) => checkpoint === undefined)) return undefined;
    return done[0]?.map((_, partition) => done[partition % done.length]?.[partition] ?? 0);
  }

  /** What has been done, in whatever process. */
  async whereItIs(): Promise<Checkpoint> {
    return this.checkpoint ?? this.parts.storage.checkpointOf(this.parts.key);
  }

  /** What is stored about the projection. */
  describe(): Promise<StoredProjection> {
    return this.parts.storage.describe(this.parts.key);
  }

  /** Starts, or starts again after a failure. Does nothing while it runs. */
  start(): void {
    for (const lane of this.lanes) lane.start();
  }

  /** Has it not run, and say why, until it is started again. */
  fail(error: Error): void {
    for (const lane of this.lanes) lane.fail(error);
  }

  /** Ends after the transactions in hand; resolves when nothing runs any more. May come twice, or without a start. */
  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  /** Calls `watch` after each transaction and each change of state, until the returned function is called. */
  onChange(watch: () => void): () => void {
    const forgets = this.lanes.map((lane) => lane.onChange(watch));
    return () => {
      for (const forget of forgets) forget();
    };
  }
}
