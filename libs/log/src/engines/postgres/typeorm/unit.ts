import type { StreamAppend, StreamAppended } from '../../../stream-append.js';
import type { Enrolment } from '../../../unit-of-work.js';
import { UnitOfWorkClosed } from '../../../unit-of-work-closed.js';

/**
 * The appends that wait in one transaction, and the savepoints they belong to.
 *
 *   open ──flush begins──► closed ──COMMIT──► committed (`appended` is known)
 */
export class Unit implements Enrolment {
  private readonly waiting: StreamAppend[] = [];
  private readonly listeners: (() => void)[] = [];
  private readonly savepoints: { readonly waiting: number; readonly listeners: number }[] = [];
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

  afterCommit(listener: () => void): void {
    if (this.closed) throw new UnitOfWorkClosed();
    this.listeners.push(listener);
  }

  /** Tells the listeners that the transaction is committed. */
  committed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Refuses enrolments from here on. */
  close(): void {
    this.closed = true;
  }

  openSavepoint(): void {
    this.savepoints.push({ waiting: this.waiting.length, listeners: this.listeners.length });
  }

  releaseSavepoint(): void {
    this.savepoints.pop();
  }

  /** Takes back what was enrolled since the savepoint was opened. */
  rollbackSavepoint(): void {
    const savepoint = this.savepoints.pop();
    this.waiting.length = savepoint?.waiting ?? 0;
    this.listeners.length = savepoint?.listeners ?? 0;
  }
}
