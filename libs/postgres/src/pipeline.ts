import type { CheckedOut, Database, Queries, Row } from './database.js';
import type { Statement } from './statement.js';

/** A connection and the number of statements that are on their way over it. */
interface Line {
  readonly checkedOut: Promise<CheckedOut>;
  statements: number;
}

/**
 * Sends statements over one connection without waiting for the answers to those before; the server carries them out in
 * that order, each in a transaction of its own (PostgreSQL's pipelining). So the next one lies ready when one is done.
 * The connection goes back to the pool when no answer is awaited; after a loss the next statement takes another.
 */
export class Pipeline implements Queries {
  private line: Line | undefined;

  constructor(private readonly database: Database) {}

  async query<Columns extends Row>(statement: Statement, values?: readonly unknown[]): Promise<Columns[]> {
    const line = (this.line ??= { checkedOut: this.database.checkOut(), statements: 0 });
    line.statements += 1;
    let checkedOut: CheckedOut | undefined;
    try {
      checkedOut = await line.checkedOut;
      return await checkedOut.connection.query<Columns>(statement, values);
    } catch (error) {
      checkedOut?.brokeBy(error);
      if (checkedOut === undefined || checkedOut.isBroken) this.leave(line);
      throw error;
    } finally {
      line.statements -= 1;
      if (line.statements === 0) {
        this.leave(line);
        checkedOut?.release();
      }
    }
  }

  private leave(line: Line): void {
    if (this.line === line) this.line = undefined;
  }
}
