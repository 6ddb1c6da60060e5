/**
 * A source whose next value can be asked for while the consumer is still at this one, so that what is read next is decoded while the
 * database is at work. When, the consumer says by `ask()`: decoding takes the thread, which first has a statement to send. Whoever
 * leaves the loop ends the source himself: a request that is under way is not waited for.
 */
export class OneAhead<Value> implements AsyncIterable<Value> {
  readonly #iterator: AsyncIterator<Value, unknown>;
  #asked: Promise<IteratorResult<Value, unknown>> | undefined;

  constructor(source: AsyncIterable<Value>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Asks for the value after the one that is in hand, or waited for, unless that has been done. */
  ask(): void {
    this.#asked ??= this.#next();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value> {
    try {
      for (;;) {
        const next = this.#asked ?? this.#next();
        this.#asked = undefined;
        const result = await next;
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      this.#iterator.return?.().catch(() => undefined);
    }
  }

  #next(): Promise<IteratorResult<Value, unknown>> {
    const asked = this.#iterator.next();
    // Its consumer may never come for it.
    asked.catch(() => undefined);
    return asked;
  }
}
