import { arrayOf, IntegerArray, isConnectionLoss, sqlState } from '@annals/postgres';
import type { Database, Queries, Statement } from '@annals/postgres';
import { InvalidTopic } from '../../topics/invalid-topic.js';
import { collidingName } from '../../topics/topic.js';
import type { Topic, TopicConfig } from '../../topics/topic.js';
import { TopicExists } from '../../topics/topic-exists.js';
import { UnknownTopic } from '../../topics/unknown-topic.js';
import { nameOfSegment } from './segments.js';
import type { Segment, SegmentName, Segments, SegmentStatements } from './segments.js';
import type { TopicAppender } from './topic-appender.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** The statements with which topics are made and changed. */
export const KEEPING = [
  'add-compacted',
  'add-partitions',
  'close-segment',
  'colliding-topic',
  'compact-segment',
  'configure-topic',
  'create-compacted',
  'create-segment',
  'create-topic',
  'delete-topic',
  'drop-segment',
  'find-topic',
  'finish-compacted',
  'limit-wait',
  'lock-topic',
  'lock-topic-partitions',
  'open-segment',
  'remove-segment',
  'segment-bytes',
] as const;

/** What names tables that are made or removed. */
type Ddl = 'compact-segment' | 'create-compacted' | 'create-segment' | 'drop-segment' | 'finish-compacted';

const isSame = (one: SegmentName, other: SegmentName | undefined): boolean =>
  one.number === other?.number && one.rewrite === other.rewrite;

/** Makes, changes and removes topics and their segments. */
export class TopicKeeper {
  constructor(
    private readonly database: Database,
    private readonly sql: Readonly<Record<(typeof KEEPING)[number], Statement>>,
    private readonly segments: Segments,
    private readonly statements: SegmentStatements,
    private readonly appender: TopicAppender,
  ) {}

  async create(name: string, config: TopicConfig): Promise<Topic> {
    return this.database.transaction(async (connection) => {
      const values = [name, collidingName(name), config.partitions, JSON.stringify(config), false];
      const [row] = await connection.query<readonly [number]>(this.sql['create-topic'], values);
      if (row === undefined) throw await this.#refusal(connection, name);
      const topic = { id: row[0], name, config, readOnly: false };
      await connection.query(this.sql['add-partitions'], [topic.id, config.partitions]);
      const first = { number: 1, rewrite: 0 };
      await connection.query(this.#ddl('create-segment', topic, first));
      await connection.query(this.sql['open-segment'], [topic.id, first.number, zeros(config.partitions)]);
      return topic;
    });
  }

  async attach(name: string, config: TopicConfig): Promise<Topic> {
    return this.database.transaction(async (connection) => {
      const values = [name, collidingName(name), config.partitions, JSON.stringify(config), true];
      await connection.query(this.sql['create-topic'], values);
      const [row] = await connection.query<readonly [number, string, string, boolean]>(this.sql['find-topic'], [name]);
      if (row === undefined) throw await this.#refusal(connection, name);
      const [id, , stored, readOnly] = row;
      if (!readOnly) throw new TopicExists(name);
      return { id, name, config: JSON.parse(stored) as TopicConfig, readOnly };
    });
  }

  async alter(topic: Topic, config: TopicConfig): Promise<Topic> {
    return this.database.transaction(async (connection) => {
      await this.#lock(connection, topic);
      await connection.query(this.sql['configure-topic'], [topic.id, config.partitions, JSON.stringify(config)]);
      await connection.query(this.sql['add-partitions'], [topic.id, config.partitions]);
      return { ...topic, config };
    });
  }

  async delete(topic: Topic): Promise<void> {
    await this.database.transaction(async (connection) => {
      await this.#lock(connection, topic);
      await connection.query(this.sql['lock-topic-partitions'], [topic.id]);
      const segments = await this.segments.read(topic, connection);
      await connection.query(this.sql['delete-topic'], [topic.id]);
      for (const segment of segments) await connection.query(this.#ddl('drop-segment', topic, segment));
    });
    this.segments.forget(topic);
  }

  /**
   * Closes the segment that is written and opens the next. Its table is made beforehand, so appends wait for the short end only.
   * @returns false when somebody else has closed it
   */
  async rotate(topic: Topic, active: Segment): Promise<boolean> {
    const next = { number: active.number + 1, rewrite: 0 };
    const made = await this.database.transaction(async (connection) => {
      await this.#lock(connection, topic);
      const isActive = (await this.segments.read(topic, connection)).at(-1)?.number === active.number;
      if (isActive) {
        // What a rotation that was broken off has left behind.
        await connection.query(this.#ddl('drop-segment', topic, next));
        await connection.query(this.#ddl('create-segment', topic, next));
      }
      return isActive;
    });
    if (!made) return false;
    const rotated = await this.database.transaction(async (connection) => {
      await this.#lock(connection, topic);
      await connection.query(this.sql['lock-topic-partitions'], [topic.id]);
      const ends = arrayOf(new IntegerArray(8), await this.appender.ends(topic, connection));
      const closed = await connection.query(this.sql['close-segment'], [topic.id, active.number, ends]);
      if (closed.length > 0) await connection.query(this.sql['open-segment'], [topic.id, next.number, ends]);
      return closed.length > 0;
    });
    this.segments.forget(topic);
    return rotated;
  }

  /**
   * Removes the oldest segment of a topic, if it is closed.
   * @param waitMs milliseconds to wait for those who read it; everybody else who wants to read it waits as long
   * @returns false when it is still read: try again later
   */
  async dropOldest(topic: Topic, oldest: Segment, waitMs: number): Promise<boolean> {
    try {
      await this.database.transaction(async (connection) => {
        await connection.query(this.sql['limit-wait'], [String(waitMs)]);
        const removed = await connection.query(this.sql['remove-segment'], [topic.id, oldest.number]);
        if (removed.length > 0) await connection.query(this.#ddl('drop-segment', topic, oldest));
      });
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return false;
      throw error;
    } finally {
      this.segments.forget(topic);
    }
    return true;
  }

  /**
   * Makes one segment of the oldest, with the newest record of each key. Offsets stay, and so does the order. All of it takes
   * place at once, in the moment in which nobody reads the old tables.
   * @param oldest closed segments, in order
   * @param waitMs milliseconds to wait for those who read them
   * @returns false when they are still read: try again later
   */
  async compact(topic: Topic, oldest: readonly Segment[], waitMs: number): Promise<boolean> {
    const [first, last] = [oldest[0], oldest.at(-1)];
    if (first === undefined || last === undefined || last.ends === null) return false;
    const into: SegmentName = { number: last.number, rewrite: Math.max(...oldest.map(({ rewrite }) => rewrite)) + 1 };
    const { deleteRetentionMs } = topic.config;
    try {
      return await this.database.transaction(async (connection) => {
        await this.#lock(connection, topic);
        const there = (await this.segments.read(topic, connection)).slice(0, oldest.length);
        if (there.some(({ number, rewrite }, index) => !isSame({ number, rewrite }, oldest[index]))) return false;
        const name = nameOfSegment(topic, into);
        await connection.query(this.#ddl('create-compacted', topic, first, name));
        for (const segment of [...oldest].reverse()) {
          await connection.query(this.#ddl('compact-segment', topic, segment, name), [deleteRetentionMs]);
        }
        await connection.query(this.#ddl('finish-compacted', topic, into));
        await connection.query(this.sql['limit-wait'], [String(waitMs)]);
        for (const segment of oldest) {
          await connection.query(this.sql['remove-segment'], [topic.id, segment.number]);
          await connection.query(this.#ddl('drop-segment', topic, segment));
        }
        const bounds = [first.bases, last.ends ?? []].map((some) => arrayOf(new IntegerArray(8), some));
        const values = [topic.id, into.number, ...bounds, first.openedAt, last.closedAt, into.rewrite];
        await connection.query(this.sql['add-compacted'], values);
        return true;
      });
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return false;
      throw error;
    } finally {
      this.segments.forget(topic);
    }
  }

  /** Bytes of each segment's table, its index included, in order. */
  async sizes(topic: Topic, segments: readonly Segment[]): Promise<readonly number[]> {
    const names = segments.map((segment) => `record_${nameOfSegment(topic, segment)}`);
    const rows = await this.database.query<readonly [number]>(this.sql['segment-bytes'], [names]);
    return rows.map(([bytes]) => bytes);
  }

  /** One change of a topic at a time. */
  async #lock(connection: Queries, topic: Topic): Promise<void> {
    const locked = await connection.query(this.sql['lock-topic'], [topic.id]);
    if (locked.length === 0) throw new UnknownTopic(topic.name);
  }

  /** @param into the table that is made of the segment's, where there is one */
  #ddl(name: Ddl, topic: Topic, segment: SegmentName, into?: string): Statement {
    // Run once each, and several statements in one text cannot be prepared at all.
    return { name: '', text: this.statements.of(this.sql[name], topic, segment, into).text };
  }

  async #refusal(connection: Queries, name: string): Promise<TopicExists | InvalidTopic> {
    const [other] = await connection.query<readonly [string]>(this.sql['colliding-topic'], [collidingName(name)]);
    if (other === undefined || other[0] === name) return new TopicExists(name);
    return new InvalidTopic(name, [`its name collides with that of "${other[0]}"`]);
  }
}

const zeros = (count: number): Buffer => arrayOf(new IntegerArray(8), new Array<number>(count).fill(0));

/** What an error of an append means for those that wait for it. */
export function kindOfAppendError(error: unknown): 'statement' | 'locked' | 'connection-lost' {
  if (isConnectionLoss(error) || (error as { code?: unknown }).code === 'POSTGRES_UNAVAILABLE')
    return 'connection-lost';
  const state = sqlState(error);
  return state === LOCK_NOT_AVAILABLE || state === '40P01' ? 'locked' : 'statement';
}
