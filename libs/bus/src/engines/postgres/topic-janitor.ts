import { randomUUID } from 'node:crypto';
import { Leases } from '@annals/postgres';
import type { Database, Statement } from '@annals/postgres';
import { upkeepOf } from '../../topics/retention.js';
import type { SegmentAge } from '../../topics/retention.js';
import type { Topic } from '../../topics/topic.js';
import type { Segment, Segments, SegmentStatements } from './segments.js';
import type { TopicKeeper } from './topic-keeper.js';

/** Of the lease under which one process of many does the work. */
const LEASE_MS = 300_000;
/** Readers and writers wait as long at the most while a table is dropped. */
const DROP_WAIT_MS = 100;
const PRODUCERS_KEPT_DAYS = 7;

/** Looks after the segments of all topics. */
export class TopicJanitor {
  readonly #leases: Leases;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly sql: Readonly<Record<'forget-producers' | 'segment-is-empty', Statement>>,
    private readonly segments: Segments,
    private readonly statements: SegmentStatements,
    private readonly keeper: TopicKeeper,
  ) {
    this.#leases = new Leases(database, schema);
  }

  /** @param topics all there are */
  async maintain(topics: () => Promise<readonly Topic[]>): Promise<void> {
    const lease = await this.#leases.acquire('bus maintenance', randomUUID(), LEASE_MS);
    if (lease === undefined) return;
    try {
      for (const topic of await topics()) if (!topic.readOnly) await this.#keepUp(topic);
      await this.database.query(this.sql['forget-producers'], [PRODUCERS_KEPT_DAYS]);
    } finally {
      await this.#leases.release(lease);
    }
  }

  async #keepUp(topic: Topic): Promise<void> {
    const { segments, now } = await this.segments.withTime(topic);
    const sizes = await this.keeper.sizes(topic, segments);
    const ages = await Promise.all(segments.map((segment, index) => this.#ageOf(topic, segment, sizes[index] ?? 0)));
    const { rotate, drop, compact } = upkeepOf(ages, topic.config, now.getTime());
    const active = segments.at(-1);
    if (rotate && active !== undefined) await this.keeper.rotate(topic, active);
    for (const oldest of segments.slice(0, drop)) {
      // What is still read is tried again next time, and nothing younger goes before it.
      if (!(await this.keeper.dropOldest(topic, oldest, DROP_WAIT_MS))) return;
    }
    if (compact > drop) await this.keeper.compact(topic, segments.slice(drop, compact), DROP_WAIT_MS);
  }

  async #ageOf(topic: Topic, segment: Segment, bytes: number): Promise<SegmentAge> {
    const { openedAt, closedAt, rewrite } = segment;
    return {
      openedAtMs: openedAt.getTime(),
      closedAtMs: closedAt?.getTime() ?? null,
      bytes,
      isEmpty: closedAt === null && (await this.#isEmpty(topic, segment)),
      isCompacted: rewrite > 0,
    };
  }

  async #isEmpty(topic: Topic, segment: Segment): Promise<boolean> {
    const statement = this.statements.of(this.sql['segment-is-empty'], topic, segment);
    const [row] = await this.database.query<readonly [boolean]>(statement);
    return row?.[0] ?? true;
  }
}
