import type { StoredMessage } from './queue-message.js';
import { UnknownDelivery } from './unknown-delivery.js';

/** A message in a consumer's hands. */
export interface Held {
  readonly tag: number;
  readonly stored: StoredMessage;
  /** When it came, milliseconds on a clock that never goes back. */
  readonly since: number;
}

/** What a consumer has in its hands, by delivery tags that rise from 1. */
export class HeldMessages {
  readonly #held = new Map<number, Held>();
  #lastTag = 0;

  constructor(private readonly queue: string) {}

  get size(): number {
    return this.#held.size;
  }

  add(stored: StoredMessage, since: number): Held {
    const held = { tag: (this.#lastTag += 1), stored, since };
    this.#held.set(held.tag, held);
    return held;
  }

  has(held: Held): boolean {
    return this.#held.get(held.tag) === held;
  }

  /** @returns whether it was still there */
  remove({ tag }: Held): boolean {
    return this.#held.delete(tag);
  }

  /**
   * The message of a tag, or with `multiple` all up to it; tag 0 with `multiple` is all there are (AMQP).
   * @throws UnknownDelivery (`BUS_UNKNOWN_DELIVERY`)
   */
  upTo(tag: number, multiple: boolean): readonly Held[] {
    if (multiple && tag === 0) return this.all();
    const one = this.#held.get(tag);
    if (one === undefined) throw new UnknownDelivery(this.queue, tag);
    return multiple ? this.all().filter((held) => held.tag <= tag) : [one];
  }

  /** The oldest first. */
  all(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** The one that has been here longest. */
  oldest(): Held | undefined {
    return this.#held.values().next().value;
  }

  clear(): void {
    this.#held.clear();
  }
}
