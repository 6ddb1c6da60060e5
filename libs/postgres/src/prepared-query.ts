import type { Writable } from 'node:stream';
import pg from 'pg';
import { bindMessage, EXECUTE_AND_SYNC_BYTES } from './bind-message.js';
import type { Parser } from './result-types.js';
import { resultTypes } from './result-types.js';
import type { Statement } from './statement.js';

/** What of the driver's connection is used: its socket, and its knowledge of what it has prepared. */
interface Wire {
  readonly stream: Writable;
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: Statement): void;
}

/** Asks for the columns of the portal that has just been bound. */
const DESCRIBE = Buffer.from([68, 0, 0, 0, 6, 80, 0]);

/** How the columns of a connection's prepared statements are read. Postgres lets them not change while it is prepared. */
const columnsByWire = new WeakMap<Wire, Map<string, readonly Parser[]>>();

/**
 * A prepared statement under way, as the driver's client carries it out. The driver's own has each statement described
 * anew, and sends five messages in pieces of their own; this one asks for the columns once, and then sends one piece.
 */
export class PreparedQuery {
  readonly name: string;
  readonly text: string;
  private readonly message: Buffer;
  // Not `rows`, which is an option of the driver.
  private readonly found: unknown[][] = [];
  private columns: readonly Parser[] | undefined;
  private wire: Wire | undefined;
  private fault: Error | undefined;

  /** @param callback what the driver calls it; given the rows, or the error */
  constructor(
    { name, text }: Statement,
    values: readonly unknown[],
    readonly callback: (error: Error | undefined, rows?: unknown[][]) => void,
  ) {
    this.name = name;
    this.text = text;
    // Here, not in submit: values may be in memory that is used again.
    this.message = bindMessage(name, values);
  }

  submit(wire: Wire): null {
    const { name, text, message } = this;
    const { stream } = wire;
    this.wire = wire;
    this.columns = columnsByWire.get(wire)?.get(name);
    if (!stream.writable) return null;
    if (this.columns !== undefined) {
      stream.write(message);
      return null;
    }
    stream.cork();
    if (wire.parsedStatements[name] === undefined && wire.submittedNamedStatements[name] === undefined) {
      wire.parse({ name, text });
      wire.submittedNamedStatements[name] = text;
    }
    const bound = message.length - EXECUTE_AND_SYNC_BYTES;
    stream.write(message.subarray(0, bound));
    stream.write(DESCRIBE);
    stream.write(message.subarray(bound));
    stream.uncork();
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly { readonly dataTypeID: number }[] }): void {
    this.learn(fields.map(({ dataTypeID }) => resultTypes.getTypeParser(dataTypeID)));
  }

  handleDataRow({ fields }: { readonly fields: unknown[] }): void {
    const columns = this.columns as readonly Parser[];
    try {
      for (let index = 0; index < fields.length; index += 1) {
        const text = fields[index] as string | null;
        if (text !== null) fields[index] = (columns[index] as Parser)(text);
      }
      this.found.push(fields);
    } catch (error) {
      this.fault = error as Error;
    }
  }

  handleCommandComplete(): void {
    // A statement without a result has no columns to tell of.
    if (this.columns === undefined) this.learn([]);
  }

  handleReadyForQuery(): void {
    if (this.fault === undefined) this.callback(undefined, this.found);
    else this.callback(this.fault);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  private learn(columns: readonly Parser[]): void {
    this.columns = columns;
    const wire = this.wire as Wire;
    const known = columnsByWire.get(wire);
    if (known === undefined) columnsByWire.set(wire, new Map([[this.name, columns]]));
    else known.set(this.name, columns);
  }
}

// The client pipelines only what is one of the driver's queries, whose constructor would do again what is done here.
Object.setPrototypeOf(PreparedQuery.prototype, pg.Query.prototype as object);
