import type { Enrolment, Participant } from '@annals/log';
import { storableText } from '@annals/message';
import { migrate, statements } from '@annals/postgres';
import type { Database, Queries } from '@annals/postgres';
import type {
  ClaimedEntry,
  DueAt,
  DueTimetable,
  Occurrences,
  ScheduledEntry,
  Timetable,
  WaitingEntry,
} from '../../commanding/scheduling/schedule-store.js';
import { ScheduleStore } from '../../commanding/scheduling/schedule-store.js';
import { CQRS_MIGRATIONS } from './cqrs-migrations.js';

const STATEMENTS = [
  'cancel-command',
  'claim-commands',
  'database-time',
  'done-command',
  'due-timetables',
  'fail-command',
  'keep-timetable',
  'next-due',
  'renew-commands',
  'retry-command',
  'schedule-commands',
  'turn-timetable',
  'waiting-commands',
] as const;

interface ToSchedule {
  readonly entry: ScheduledEntry;
  readonly due: DueAt;
  readonly inTurn?: boolean;
}

/** Commands that wait for their time, as rows. */
export class PostgresScheduleStore extends ScheduleStore {
  private readonly sql;
  private readonly participant: Participant<ToSchedule> = {
    flush: (connection, items) => this.insert(connection as Queries, items),
  };

  /**
   * Brings the schema up to date.
   * @param database of the event store
   * @param schema of Annals' tables
   * @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`), MigrationChanged (`POSTGRES_MIGRATION_CHANGED`)
   */
  static async open(database: Database, schema = 'annals'): Promise<PostgresScheduleStore> {
    await migrate(database, schema, [CQRS_MIGRATIONS]);
    return new PostgresScheduleStore(database, schema);
  }

  private constructor(
    private readonly database: Database,
    schema: string,
  ) {
    super();
    this.sql = statements(import.meta.url, schema, STATEMENTS);
  }

  override async schedule(entry: ScheduledEntry, due: DueAt, unit: Enrolment | undefined): Promise<void> {
    if (unit === undefined) await this.insert(this.database, [{ entry, due }]);
    else unit.contribute(this.participant, { entry, due });
  }

  override async cancel(id: string): Promise<boolean> {
    return (await this.database.query(this.sql['cancel-command'], [id])).length > 0;
  }

  override async claim(names: readonly string[], most: number, leaseMs: number): Promise<readonly ClaimedEntry[]> {
    type Columns = readonly [string, string, string | null, string, Date, number];
    const rows = await this.database.query<Columns>(this.sql['claim-commands'], [names, most, leaseMs]);
    return rows.map(([id, name, fields, metadata, due, attempt]) => ({
      ...{ id, name, metadata, due, attempt },
      fields: fields ?? undefined,
    }));
  }

  override async renew(entries: readonly ClaimedEntry[], leaseMs: number): Promise<void> {
    const values = [entries.map(({ id }) => id), entries.map(({ attempt }) => attempt), leaseMs];
    await this.database.query(this.sql['renew-commands'], values);
  }

  override async done({ id, attempt }: ClaimedEntry): Promise<void> {
    await this.database.query(this.sql['done-command'], [id, attempt]);
  }

  override async failed({ id, attempt }: ClaimedEntry, failure: string, retryInMs: number | undefined): Promise<void> {
    const values = [id, attempt, storableText(failure), retryInMs ?? null];
    await this.database.query(this.sql['fail-command'], values);
  }

  override async retry(id: string): Promise<boolean> {
    return (await this.database.query(this.sql['retry-command'], [id])).length > 0;
  }

  override async waiting(most: number): Promise<readonly WaitingEntry[]> {
    type Columns = readonly [string, string, string | null, string, Date, number, string | null, boolean];
    const rows = await this.database.query<Columns>(this.sql['waiting-commands'], [most]);
    return rows.map(([id, name, fields, metadata, due, attempts, failure, failed]) => ({
      ...{ id, name, metadata, due, attempts, failed },
      fields: fields ?? undefined,
      failure: failure ?? undefined,
    }));
  }

  override async keepTimetable(timetable: Timetable, first: (now: Date) => Date | undefined): Promise<void> {
    const { name, cron, timeZone } = timetable;
    const [row] = await this.database.query<readonly [Date]>(this.sql['database-time']);
    const next = first(row?.[0] ?? new Date(0));
    await this.database.query(this.sql['keep-timetable'], [name, cron, timeZone, next ?? 'infinity']);
  }

  override async turnTimetables(names: readonly string[], decide: (due: DueTimetable) => Occurrences): Promise<void> {
    type Columns = readonly [string, Date, Date, number];
    await this.database.transaction(async (connection) => {
      const rows = await connection.query<Columns>(this.sql['due-timetables'], [names]);
      for (const [name, due, now, unended] of rows) {
        const { due: times, next, inTurn } = decide({ name, due, now, unended });
        const items = times.map((at) => ({
          entry: { id: `${name}@${at.toISOString()}`, name, fields: undefined, metadata: '{}' },
          due: { at },
          inTurn,
        }));
        if (items.length > 0) await this.insert(connection, items);
        await connection.query(this.sql['turn-timetable'], [name, next ?? null]);
      }
    });
  }

  override async nextInMs(names: readonly string[]): Promise<number | undefined> {
    const [row] = await this.database.query<readonly [number | null]>(this.sql['next-due'], [names]);
    return row?.[0] ?? undefined;
  }

  private async insert(connection: Queries, items: readonly ToSchedule[]): Promise<void> {
    await connection.query(this.sql['schedule-commands'], [
      items.map(({ entry }) => entry.id),
      items.map(({ entry }) => entry.name),
      items.map(({ entry }) => entry.fields ?? null),
      items.map(({ entry }) => entry.metadata),
      items.map(({ due }) => ('at' in due ? due.at : null)),
      items.map(({ due }) => ('inMs' in due ? due.inMs : null)),
      items.map(({ inTurn = false }) => inTurn),
    ]);
  }
}
