import { closeSync, openSync, writeSync } from 'node:fs';
import { WrongCall } from './wrong-call.js';
import type { RejectedLine } from './invoice-line.js';

/** Lines that are kept for stderr: enough to see what is wrong with a file, whatever its size. */
const KEPT = 1_000;

/** The lines that were left out, each as its number, a tab and its reason. */
export class RejectReport {
  private readonly kept: string[] = [];
  private count = 0;

  private constructor(
    private readonly path: string | undefined,
    private readonly file: number | undefined,
  ) {}

  /**
   * Begins a report, over one that is there.
   *
   * @param path of the file in which all lines are written as they come; without one the first thousand are kept
   * @throws WrongCall (SHOP_WRONG_CALL) when the file cannot be written
   */
  static open(path: string | undefined): RejectReport {
    try {
      return new RejectReport(path, path === undefined ? undefined : openSync(path, 'w'));
    } catch (error) {
      throw new WrongCall(`Cannot write the report: ${(error as Error).message}`, error);
    }
  }

  /** Adds a line; a file of any size is reported in constant memory. */
  add({ line, reason }: RejectedLine): void {
    this.count++;
    const text = `${line}\t${reason}\n`;
    // Synchronous, so that lines cannot come faster than the disk takes them.
    if (this.file !== undefined) writeSync(this.file, text);
    else if (this.kept.length < KEPT) this.kept.push(text);
  }

  /**
   * Ends the report.
   *
   * @returns what a person should be told of it, with a line end if it is any
   */
  end(): string {
    if (this.file !== undefined) closeSync(this.file);
    if (this.count === 0) return '';
    if (this.path !== undefined) return `Rejected lines: ${this.count}, listed in ${this.path}\n`;
    const more = this.count - this.kept.length;
    const rest = more > 0 ? `… and ${more} more: --report FILE lists all\n` : '';
    return `Rejected lines: ${this.count}\n${this.kept.join('')}${rest}`;
  }
}
