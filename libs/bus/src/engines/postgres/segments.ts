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
  /** How often it was written anew; with the number it names the table. */
  readonly rewrite: number;
}

type Columns = readonly [
  number: number,
  bases: number[],
  ends: number[] | null,
  openedAt: Date,
  closedAt: Date | null,
  rewrite: number,
  now: Date,
];

const toSegment = ([number, bases, ends, openedAt, closedAt, rewrite]: Columns): Segment => {
  return { number, bases, ends, openedAt, closedAt, rewrite };
};

/** Which segments topics have, as far as this process knows: whoever finds it outdated lets it be read again. */
export class Segments {
  readonly #known = new Map<number, Promise<readonly Segment[]>>();

  constructor(
    private readonly database: Queries,
    private readonly list: Statement,
  ) {}

  /** As `of`, read anew, with the database's time. */
  async withTime({ id, name }: Topic): Promise<{ readonly segments: readonly Segment[]; readonly now: Date }> {
    const rows = await this.database.query<Columns>(this.list, [id]);
    const now = rows[0]?.[6];
    if (now === undefined) throw new UnknownTopic(name);
    return { segments: rows.map(toSegment), now };
  }

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
    return rows.map(toSegment);
  }

  forget({ id }: Topic): void {
    this.#known.delete(id);
  }
}

/** What of a segment names its table. */
export type SegmentName = Pick<Segment, 'number' | 'rewrite'>;

/** What the table of a segment is named after `record_`. */
export const nameOfSegment = ({ id }: Topic, { number, rewrite }: SegmentName): string =>
  rewrite === 0 ? `${id}_${number}` : `${id}_${number}_${rewrite}`;

/** Names the tables of segments in statements that are made for one of them. */
export class SegmentStatements {
  readonly #made = new Map<string, Statement>();

  /** `{segment}`, `{topic}` and `{number}` are whole numbers of our own; values are bound as everywhere. */
  of(statement: Statement, topic: Topic, { number, rewrite }: SegmentName, into = ''): Statement {
    const { id } = topic;
    const segment = nameOfSegment(topic, { number, rewrite });
    const name = `${statement.name}-${segment}-${into}`;
    let made = this.#made.get(name);
    if (made === undefined) {
      const text = statement.text
        .replaceAll('{segment}', segment)
        .replaceAll('{into}', into)
        .replaceAll('{topic}', String(id))
        .replaceAll('{number}', String(number));
      made = { name, text };
      this.#made.set(name, made);
    }
    return made;
  }
}
