import type { StreamAppend, StreamAppended } from '../../../stream-append.js';
import type { Contribution } from '../../../contributions.js';
import { flushContributions } from '../../../contributions.js';
import type { Enrolment, Participant } from '../../../unit-of-work.js';
import { UnitOfWorkClosed } from '../../../unit-of-work-closed.js';

/**
 * The appends that wait in one transaction, and the savepoints they belong to.
 *
 *   open ──flush begins──► closed ──COMMIT──► committed (`appended` is known)
 */
export class Unit implements Enrolment {
  private readonly waiting: StreamAppend[] = [];
  private readonly listeners: ((appended: readonly StreamAppended[]) => void)[] = [];
  private readonly contributions: Contribution[] = [];
  private readonly savepoints: {
    readonly waiting: number;
    readonly listeners: number;
    readonly contributions: number;
  }[] = [];
  private readonly last = new Map<object, (manager: unknown) => Promise<void>>();
  private closed = false;
  /** What the flush appended. */
  appended: readonly StreamAppended[] = [];

  get enrolled(): readonly StreamAppend[] {
    return this.waiting;
  }

  enrol(appends: readonly StreamAppend[]): void {
    if (this.closed) throw new UnitOfWorkClosed();
    this.waiting.push(...appends);
  }

  afterCommit(listener: (appended: readonly StreamAppended[]) => void): void {
    if (this.closed) throw new UnitOfWorkClosed();
    this.listeners.push(listener);
  }

  contribute<Item>(participant: Participant<Item>, item: Item): void {
    if (this.closed) throw new UnitOfWorkClosed();
    this.contributions.push({ participant, item });
  }

  beforeFlush(key: object, work: (manager: unknown) => Promise<void>): void {
    if (this.closed) throw new UnitOfWorkClosed();
    if (!this.last.has(key)) this.last.set(key, work);
  }

  /** Does what was to be done before the flush. */
  async runBeforeFlush(manager: unknown): Promise<void> {
    for (const work of this.last.values()) await work(manager);
  }

  /** Has the participants write what they have been given. */
  flushContributions(connection: unknown): Promise<void> {
    return flushContributions(this.contributions, connection);
  }

  /** Tells the listeners that the transaction is committed. */
  committed(): void {
    for (const listener of this.listeners) listener(this.appended);
  }

  /** Refuses enrolments from here on. */
  close(): void {
    this.closed = true;
  }

  openSavepoint(): void {
    const [waiting, listeners] = [this.waiting.length, this.listeners.length];
    this.savepoints.push({ waiting, listeners, contributions: this.contributions.length });
  }

  releaseSavepoint(): void {
    this.savepoints.pop();
  }

  /** Takes back what was enrolled since the savepoint was opened. */
  rollbackSavepoint(): void {
    const savepoint = this.savepoints.pop();
    this.waiting.length = savepoint?.waiting ?? 0;
    this.listeners.length = savepoint?.listeners ?? 0;
    this.contributions.length = savepoint?.contributions ?? 0;
  }
}
