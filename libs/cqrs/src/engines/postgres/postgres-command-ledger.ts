import type { Enrolment, Participant } from '@annals/log';
import { decodeJson, encodeJson } from '@annals/message';
import { migrate, statements } from '@annals/postgres';
import type { Database, Queries } from '@annals/postgres';
import { CommandLedger } from '../../commanding/command-ledger.js';
import type { LedgerEntry, Outcome } from '../../commanding/command-ledger.js';
import { CommandRecorded } from '../../commanding/command-recorded.js';
import { CQRS_MIGRATIONS } from './cqrs-migrations.js';

const AT_A_TIME = 1_000;
/** Bytes of an answer at the most: it is kept as long as the command's id is. */
const LIMIT_BYTES = 1_048_576;
/** After all who write rows or messages: keys of the ledger are locked last. */
const RANK = 1_000;

/** The ledger of commands in Postgres. */
export class PostgresCommandLedger extends CommandLedger {
  private readonly sql;
  private readonly participant: Participant<LedgerEntry> = {
    rank: RANK,
    flush: async (connection, entries) => {
      const written = await this.insert(connection as Queries, entries);
      const other = entries.find(({ commandId }) => !written.has(commandId));
      if (other !== undefined) throw new CommandRecorded(other.commandId);
    },
  };

  /**
   * Brings the schema up to date.
   * @param database of the event store
   * @param schema of Annals' tables
   * @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`), MigrationChanged (`POSTGRES_MIGRATION_CHANGED`)
   */
  static async open(database: Database, schema = 'annals'): Promise<PostgresCommandLedger> {
    await migrate(database, schema, [CQRS_MIGRATIONS]);
    return new PostgresCommandLedger(database, schema);
  }

  private constructor(
    private readonly database: Database,
    schema: string,
  ) {
    super();
    this.sql = statements(import.meta.url, schema, ['find-command', 'forget-commands', 'record-commands']);
  }

  override async find(commandId: string): Promise<LedgerEntry | undefined> {
    type Columns = readonly [name: string, digest: string, outcome: string];
    const [row] = await this.database.query<Columns>(this.sql['find-command'], [commandId]);
    return row && { commandId, name: row[0], digest: row[1], outcome: decodeJson(row[2]) as Outcome };
  }

  override enrol(unit: Enrolment, entry: LedgerEntry): void {
    // Looked at now: an answer that cannot be kept is the handler's fault, and not the flush's.
    encoded(entry);
    unit.contribute(this.participant, entry);
  }

  override async record(entry: LedgerEntry): Promise<LedgerEntry> {
    const written = await this.insert(this.database, [entry]);
    return written.has(entry.commandId) ? entry : ((await this.find(entry.commandId)) ?? entry);
  }

  override async forget(beforeMs: number): Promise<number> {
    let forgotten = 0;
    for (;;) {
      const gone = await this.database.query(this.sql['forget-commands'], [beforeMs, AT_A_TIME]);
      forgotten += gone.length;
      if (gone.length < AT_A_TIME) return forgotten;
    }
  }

  private async insert(connection: Queries, entries: readonly LedgerEntry[]): Promise<ReadonlySet<string>> {
    const rows = await connection.query<readonly [string]>(this.sql['record-commands'], [
      entries.map(({ commandId }) => commandId),
      entries.map(({ name }) => name),
      entries.map(({ digest }) => digest),
      entries.map(encoded),
    ]);
    return new Set(rows.map(([id]) => id));
  }
}

const encoded = ({ name, outcome }: LedgerEntry): string =>
  encodeJson(outcome, { limitBytes: LIMIT_BYTES, what: `the answer to ${name}` });
