import type { Queries, Statement } from '@annals/postgres';
import { UnknownTopic } from '../../topics/unknown-topic.js';
import type { Topic } from '../../topics/topic.js';

/** A part of a topic, in a table of its own. */
export interface Segment {
  readonly number: number;
  /** The first offset of each partition; of one added later: none, it begins at 0. */
  readonly bases: readonly number[];
  /** Past the last record of each partition; null while it is written. */
  readonly ends: readonly number[] | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

type Columns = readonly [
  number: number,
  bases: number[],
  ends: number[] | null,
  openedAt: Date,
  closedAt: Date | null,
  now: Date,
];

/** Which segments topics have, as far as this process knows: whoever finds it outdated lets it be read again. */
export class Segments {
  readonly #known = new Map<number, Promise<readonly Segment[]>>();

  constructor(
    private readonly database: Queries,
    private readonly list: Statement,
  ) {}

  /** In order; the last is written. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  of(topic: Topic): Promise<readonly Segment[]> {
    let segments = this.#known.get(topic.id);
    if (segments === undefined) {
      segments = this.read(topic, this.database);
      this.#known.set(topic.id, segments);
      segments.catch(() => this.forget(topic));
    }
    return segments;
  }

  /** As they are now, by the given connection. */
  async read({ id, name }: Topic, connection: Queries): Promise<readonly Segment[]> {
    const rows = await connection.query<Columns>(this.list, [id]);
    if (rows.length === 0) throw new UnknownTopic(name);
    return rows.map(([number, bases, ends, openedAt, closedAt]) => ({ number, bases, ends, openedAt, closedAt }));
  }

  forget({ id }: Topic): void {
    this.#known.delete(id);
  }
}

/** Names the tables of segments in statements that are made for one of them. */
export class SegmentStatements {
  readonly #made = new Map<string, Statement>();

  /** `{segment}`, `{topic}` and `{number}` are whole numbers of our own; values are bound as everywhere. */
  of(statement: Statement, { id }: Topic, { number }: Pick<Segment, 'number'>): Statement {
    const name = `${statement.name}-${id}-${number}`;
    let made = this.#made.get(name);
    if (made === undefined) {
      const text = statement.text
        .replaceAll('{segment}', `${id}_${number}`)
        .replaceAll('{topic}', String(id))
        .replaceAll('{number}', String(number));
      made = { name, text };
      this.#made.set(name, made);
    }
    return made;
  }
}
