import { AsyncLocalStorage } from 'node:async_hooks';
import { appendedOrThrow } from '../../appended-or-throw.js';
import { checkpointAfter, startOf } from '../../checkpoint.js';
import type { Log } from '../../log.js';
import type { StreamAppend, StreamAppended } from '../../stream-append.js';
import { UnitOfWork } from '../../unit-of-work.js';
import type { Contribution } from '../../contributions.js';
import { flushContributions } from '../../contributions.js';
import type { Enrolment, Participant, UnitResult } from '../../unit-of-work.js';
import { UnitOfWorkClosed } from '../../unit-of-work-closed.js';

/** What participants get for a connection in memory. */
export interface InMemoryTransaction {
  /** Has something done when the unit commits. It must not fail: what could is to be looked at before. */
  atCommit(apply: () => void): void;
  /** Has something undone should the unit fail after all. */
  atRollback(undo: () => void): void;
}

/**
 * Units of work over a log in memory. There are no rows of the application to share a transaction with, so a unit is
 * its enrolments: one flush when the work is done, none when it throws. Units do not wait for one another.
 *
 * `run` inside a unit is a savepoint of that unit: when its work throws, its enrolments go, and the unit goes on. It
 * resolves when its work is done, with nothing appended yet: only the outermost `run` flushes. `join` is the same,
 * since nobody else can have opened a transaction here: a savepoint inside a unit, a unit of its own outside.
 */
export class InMemoryUnitOfWork extends UnitOfWork<undefined> {
  readonly #running = new AsyncLocalStorage<Savepoint>();

  /** @param log what the units append to */
  constructor(private readonly log: Log) {
    super();
  }

  override async run<Result>(work: (manager: undefined) => Promise<Result>): Promise<UnitResult<Result>> {
    const parent = this.#running.getStore();
    const savepoint = new Savepoint(parent);
    const result = await this.#running.run(savepoint, () => savepoint.guard(work));
    if (parent !== undefined) return { result, checkpoint: startOf(this.log.partitions), appended: [] };
    await this.#running.run(savepoint, () => savepoint.runBeforeFlush());
    // Nothing can be taken back here: so all look first whether they can, and do it together once the events are appended.
    const applies: (() => void)[] = [];
    const undos: (() => void)[] = [];
    const transaction = {
      atCommit: (apply: () => void) => void applies.push(apply),
      atRollback: (undo: () => void) => void undos.push(undo),
    };
    let appended: readonly StreamAppended[] = [];
    try {
      await savepoint.flushContributions(transaction);
      if (savepoint.enrolled.length > 0) appended = appendedOrThrow(await this.log.append(savepoint.enrolled));
    } catch (error) {
      for (const undo of undos) undo();
      throw error;
    }
    for (const apply of applies) apply();
    savepoint.committed(appended);
    return { result, checkpoint: checkpointAfter(appended, this.log.partitions), appended };
  }

  override async join<Result>(_manager: undefined, work: () => Promise<Result>): Promise<Result> {
    const { result } = await this.run(work);
    return result;
  }

  override current(): Enrolment | undefined {
    return this.#running.getStore();
  }
}

/** What is enrolled between two brackets of a unit; the outermost is the unit. */
class Savepoint implements Enrolment {
  /** All that the unit holds, shared by its savepoints, so that the order of enrolling is kept among them. */
  readonly #unit: {
    entries: { readonly savepoint: Savepoint; readonly append: StreamAppend }[];
    listeners: { readonly savepoint: Savepoint; readonly listener: (appended: readonly StreamAppended[]) => void }[];
    contributions: { readonly savepoint: Savepoint; readonly contribution: Contribution }[];
    readonly last: Map<object, (manager: unknown) => Promise<void>>;
  };
  #closed = false;

  constructor(readonly parent: Savepoint | undefined) {
    this.#unit =
      parent === undefined ? { entries: [], listeners: [], contributions: [], last: new Map() } : parent.#unit;
  }

  enrol(appends: readonly StreamAppend[]): void {
    if (this.#isClosed()) throw new UnitOfWorkClosed();
    for (const append of appends) this.#unit.entries.push({ savepoint: this, append });
  }

  afterCommit(listener: (appended: readonly StreamAppended[]) => void): void {
    if (this.#isClosed()) throw new UnitOfWorkClosed();
    this.#unit.listeners.push({ savepoint: this, listener });
  }

  contribute<Item>(participant: Participant<Item>, item: Item): void {
    if (this.#isClosed()) throw new UnitOfWorkClosed();
    const contribution = { participant: participant as Participant<unknown>, item };
    this.#unit.contributions.push({ savepoint: this, contribution });
  }

  beforeFlush(key: object, work: (manager: unknown) => Promise<void>): void {
    if (this.#isClosed()) throw new UnitOfWorkClosed();
    if (!this.#unit.last.has(key)) this.#unit.last.set(key, work);
  }

  /** Does what was to be done before the flush. */
  async runBeforeFlush(): Promise<void> {
    for (const work of this.#unit.last.values()) await work(undefined);
  }

  /** Has the participants write what they have been given. */
  flushContributions(transaction: InMemoryTransaction): Promise<void> {
    return flushContributions(
      this.#unit.contributions.map(({ contribution }) => contribution),
      transaction,
    );
  }

  /** Tells the listeners that the unit is committed. */
  committed(appended: readonly StreamAppended[]): void {
    for (const { listener } of this.#unit.listeners) listener(appended);
  }

  get enrolled(): readonly StreamAppend[] {
    return this.#unit.entries.map(({ append }) => append);
  }

  /** Runs the work, closes the savepoint, and takes back what it enrolled when the work throws. */
  async guard<Result>(work: (manager: undefined) => Promise<Result>): Promise<Result> {
    try {
      return await work(undefined);
    } catch (error) {
      this.#unit.entries = this.#unit.entries.filter((entry) => !entry.savepoint.#isWithin(this));
      this.#unit.listeners = this.#unit.listeners.filter((entry) => !entry.savepoint.#isWithin(this));
      this.#unit.contributions = this.#unit.contributions.filter((entry) => !entry.savepoint.#isWithin(this));
      throw error;
    } finally {
      this.#closed = true;
    }
  }

  #isWithin(other: Savepoint): boolean {
    return this === other || (this.parent !== undefined && this.parent.#isWithin(other));
  }

  #isClosed(): boolean {
    return this.#closed || (this.parent !== undefined && this.parent.#isClosed());
  }
}
