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
  private readonly savepoints: number[] = [];
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

  /** Refuses enrolments from here on. */
  close(): void {
    this.closed = true;
  }

  openSavepoint(): void {
    this.savepoints.push(this.waiting.length);
  }

  releaseSavepoint(): void {
    this.savepoints.pop();
  }

  /** Takes back what was enrolled since the savepoint was opened. */
  rollbackSavepoint(): void {
    this.waiting.length = this.savepoints.pop() ?? 0;
  }
}
