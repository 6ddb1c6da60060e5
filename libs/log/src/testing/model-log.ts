import type { Checkpoint } from '../checkpoint.js';
import { partitionFor } from '../partition-for.js';
import type { StreamAppend } from '../stream-append.js';

interface Entry {
  readonly stream: string;
  readonly id: string;
  readonly revision: number;
  readonly offset: number;
}

/**
 * What a log does, said as plainly as possible, for one append after another: no positions, no time, no filters. The
 * engines are held against it.
 */
export class ModelLog {
  private readonly entries: Entry[][];

  /** @param from the head of the log when the model starts */
  constructor(private readonly from: Checkpoint) {
    this.entries = from.map(() => []);
  }

  /** The outcome that the log must give, and what it then holds. Of an `id-reused` the stream is left open. */
  append(group: readonly StreamAppend[]): unknown {
    const found = group.map(({ stream, records }) =>
      records.map(({ id }) => this.inPartition(stream).find((entry) => entry.id === id)),
    );
    const stored = found.flat().filter((entry) => entry !== undefined);
    if (stored.length > 0) {
      const whole =
        found.flat().length === stored.length && group.every(({ stream }, at) => isOneRun(stream, found[at] ?? []));
      if (!whole) return { outcome: 'id-reused' };
      const appended = group.map(({ stream }, at) => this.result(stream, found[at]?.at(-1)));
      return { outcome: 'appended', appended };
    }
    const revisions = new Map<string, number>();
    for (const { stream, expected, records } of group) {
      const actual = this.stream(stream).length;
      const revision = revisions.get(stream) ?? actual;
      const holds =
        { any: true, 'no-stream': revision === 0, 'stream-exists': revision > 0 }[expected] ?? expected === revision;
      if (!holds) return { outcome: 'conflict', stream, expected, actual };
      revisions.set(stream, revision + records.length);
    }
    return { outcome: 'appended', appended: group.map((append) => this.result(append.stream, this.write(append))) };
  }

  /** The ids of a stream. */
  stream(name: string): readonly string[] {
    return this.inPartition(name)
      .filter(({ stream }) => stream === name)
      .map(({ id }) => id);
  }

  /** The ids of each partition. */
  partitions(): readonly (readonly string[])[] {
    return this.entries.map((entries) => entries.map(({ id }) => id));
  }

  private write({ stream, records }: StreamAppend): Entry | undefined {
    const partition = this.inPartition(stream);
    for (const { id } of records) {
      const offset = (this.from[partitionFor(stream, this.from.length)] ?? 0) + partition.length;
      partition.push({ stream, id, revision: this.stream(stream).length + 1, offset });
    }
    return records.length > 0 ? partition.at(-1) : undefined;
  }

  private result(stream: string, last: Entry | undefined): unknown {
    return {
      stream,
      partition: partitionFor(stream, this.from.length),
      revision: last?.revision ?? this.stream(stream).length,
      nextOffset: last === undefined ? 0 : last.offset + 1,
    };
  }

  private inPartition(stream: string): Entry[] {
    return this.entries[partitionFor(stream, this.from.length)] ?? [];
  }
}

const isOneRun = (stream: string, entries: readonly (Entry | undefined)[]): boolean =>
  entries.every((entry, at) => entry?.stream === stream && entry.revision === (entries[0]?.revision ?? 0) + at);
