import { arrayOf, IntegerArray, isConnectionLoss, sqlState } from '@annals/postgres';
import type { Database, Queries, Statement } from '@annals/postgres';
import { InvalidTopic } from '../../topics/invalid-topic.js';
import { collidingName } from '../../topics/topic.js';
import type { Topic, TopicConfig } from '../../topics/topic.js';
import { TopicExists } from '../../topics/topic-exists.js';
import { UnknownTopic } from '../../topics/unknown-topic.js';
import type { Segment, Segments, SegmentStatements } from './segments.js';
import type { TopicAppender } from './topic-appender.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** The statements with which topics are made and changed. */
export const KEEPING = [
  'add-partitions',
  'close-segment',
  'colliding-topic',
  'configure-topic',
  'create-segment',
  'create-topic',
  'delete-topic',
  'drop-segment',
  'find-topic',
  'limit-wait',
  'lock-topic',
  'lock-topic-partitions',
  'open-segment',
  'remove-segment',
  'segment-bytes',
] as const;

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
      const first = { number: 1 };
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
    const next = { number: active.number + 1 };
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

  /** Bytes of each segment's table, its index included, in order. */
  async sizes(topic: Topic, segments: readonly Segment[]): Promise<readonly number[]> {
    const names = segments.map(({ number }) => `record_${topic.id}_${number}`);
    const rows = await this.database.query<readonly [number]>(this.sql['segment-bytes'], [names]);
    return rows.map(([bytes]) => bytes);
  }

  /** One change of a topic at a time. */
  async #lock(connection: Queries, topic: Topic): Promise<void> {
    const locked = await connection.query(this.sql['lock-topic'], [topic.id]);
    if (locked.length === 0) throw new UnknownTopic(topic.name);
  }

  #ddl(name: 'create-segment' | 'drop-segment', topic: Topic, segment: Pick<Segment, 'number'>): Statement {
    // Several statements in one text cannot be prepared.
    return { name: '', text: this.statements.of(this.sql[name], topic, segment).text };
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
