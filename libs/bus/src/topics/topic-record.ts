import { decodeJson } from '@annals/message';
import type { LoggedRecord } from '@annals/log';

/** Names and values in order; a name may come more than once (Kafka's headers). */
export type Headers = readonly (readonly [name: string, value: string])[];

/** A record to be sent. */
export interface NewRecord {
  /** What is about one thing has one key, and so one partition and an order. @default null: any partition */
  readonly key?: string | null;
  /** Whatever JSON can say; null is a tombstone: the key has no value any more. */
  readonly value: unknown;
  /** @default none */
  readonly headers?: Headers | Readonly<Record<string, string>>;
  /** When it happened. @default the database's time at the append */
  readonly timestamp?: Date;
  /** Where to put it, whatever its key. */
  readonly partition?: number;
}

/** Where a record came to lie. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  /** -1 with `acks: 0`, where nobody waits to learn it. */
  readonly offset: number;
}

/** A record as an engine stores it. */
export interface StoredRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: string | null;
  /** JSON text; null is a tombstone. */
  readonly value: string | null;
  /** JSON text of an array of pairs, or null for none. */
  readonly headers: string | null;
  /** What the log holds, where the topic is an attached one. */
  readonly logged?: LoggedRecord | undefined;
}

/** A record as a handler gets it. */
export class TopicRecord {
  #value: unknown;
  #decoded = false;

  constructor(
    readonly topic: string,
    private readonly stored: StoredRecord,
  ) {}

  get partition(): number {
    return this.stored.partition;
  }

  get offset(): number {
    return this.stored.offset;
  }

  get key(): string | null {
    return this.stored.key;
  }

  /** When it happened, or was appended where its sender did not say. */
  get timestamp(): Date {
    return new Date(this.stored.timestamp);
  }

  /** True when it says that its key has no value any more. */
  get isTombstone(): boolean {
    return this.stored.value === null;
  }

  /**
   * What was sent, read when it is first asked for.
   * @throws NotDecodable (`MESSAGE_NOT_DECODABLE`)
   */
  get value(): unknown {
    if (!this.#decoded) {
      this.#value = this.stored.value === null ? null : decodeJson(this.stored.value);
      this.#decoded = true;
    }
    return this.#value;
  }

  /** The JSON text of the value; null for a tombstone. */
  get text(): string | null {
    return this.stored.value;
  }

  get headers(): Headers {
    return this.stored.headers === null ? [] : (decodeJson(this.stored.headers) as Headers);
  }

  /** The last value of a header (Kafka's lastHeader); undefined when there is none of that name. */
  header(name: string): string | undefined {
    return this.headers.findLast(([other]) => other === name)?.[1];
  }

  /** The whole record of the log, where the topic is an attached one, as `events`; undefined elsewhere. */
  get logged(): LoggedRecord | undefined {
    return this.stored.logged;
  }
}
