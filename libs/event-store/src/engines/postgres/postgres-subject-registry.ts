import type { PostgresLog, StreamAppend } from '@annals/log';
import { partitionFor, streamOfKey } from '@annals/log';
import type { Queries } from '@annals/postgres';
import { statements } from '@annals/postgres';
import { shreddedRecord } from '../../shredding/shredded-record.js';
import type { SubjectStream } from '../../shredding/subject-registry.js';
import { SubjectRegistry } from '../../shredding/subject-registry.js';

/** Streams whose records go into one transaction: its locks are held for so many at the most. */
const STREAMS_AT_ONCE = 100;

/** Subjects and their streams in the database of the log. */
export class PostgresSubjectRegistry extends SubjectRegistry {
  private readonly sql;

  constructor(private readonly log: PostgresLog) {
    super();
    this.sql = statements(import.meta.url, log.schema, [
      'begin-shredding',
      'enter-subject-streams',
      'finish-shredding',
      'lock-snapshots',
      'remove-snapshots',
      'shredded-at',
      'subject-streams',
      'unfinished-shreddings',
    ]);
  }

  override async enter(entries: readonly SubjectStream[]): Promise<void> {
    // One order for all, so that two who enter the same never wait for each other.
    const sorted = [...entries].sort((one, other) => (key(one) < key(other) ? -1 : 1));
    await this.log.database.query(this.sql['enter-subject-streams'], [
      sorted.map(({ subject }) => subject),
      sorted.map(({ stream }) => stream),
    ]);
  }

  override async streamsOf(subject: string): Promise<readonly string[]> {
    const rows = await this.log.database.query<readonly [string]>(this.sql['subject-streams'], [subject]);
    return rows.map(([stream]) => stream);
  }

  override async begin(subject: string): Promise<void> {
    await this.log.database.query(this.sql['begin-shredding'], [subject]);
  }

  override async unfinished(): Promise<readonly string[]> {
    const rows = await this.log.database.query<readonly [string]>(this.sql['unfinished-shreddings']);
    return rows.map(([subject]) => subject);
  }

  override async finish(subject: string): Promise<void> {
    const streams = await this.streamsOf(subject);
    for (let at = 0; at < streams.length; at += STREAMS_AT_ONCE) {
      await this.mark(subject, streams.slice(at, at + STREAMS_AT_ONCE));
    }
    await this.log.database.query(this.sql['finish-shredding'], [subject]);
    this.log.announce();
  }

  override async shreddedAt(subject: string): Promise<Date | undefined> {
    const [row] = await this.log.database.query<readonly [Date | null]>(this.sql['shredded-at'], [subject]);
    return row?.[0] ?? undefined;
  }

  /** A stream that is closed takes no record, and needs none: nobody can have a state of it to append with. */
  private async mark(subject: string, streams: readonly string[]): Promise<void> {
    let open = streams;
    while (open.length > 0) {
      const closed = await this.log.database.transaction((connection) => this.markIn(connection, subject, open));
      if (closed === undefined) return;
      open = open.filter((stream) => stream !== closed);
    }
  }

  /** @returns a stream that is closed, in whose place nothing was done; undefined when all is done */
  private async markIn(connection: Queries, subject: string, streams: readonly string[]): Promise<string | undefined> {
    for (const stream of streams) {
      await connection.query(this.sql['lock-snapshots'], [stream]);
      await connection.query(this.sql['remove-snapshots'], [partitionFor(stream, this.log.partitions), stream]);
    }
    const appends = streams.map((stream): StreamAppend => ({
      stream,
      expected: 'any',
      records: [shreddedRecord(subject, streamOfKey(stream).tenant)],
    }));
    const outcome = await this.log.flush(connection, appends);
    return outcome.outcome === 'appended' ? undefined : outcome.stream;
  }
}

const key = ({ subject, stream }: SubjectStream): string => `${subject}\n${stream}`;
