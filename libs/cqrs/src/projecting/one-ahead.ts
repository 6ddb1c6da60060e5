/**
 * Asks for the next of `source` while the consumer is at this one, so that what is read next is decoded while the database is at
 * work. Whoever leaves the loop ends the source himself: the request that is under way is not waited for.
 */
export async function* oneAhead<Value>(source: AsyncIterable<Value>): AsyncGenerator<Value> {
  const iterator = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<Value, unknown>> => {
    const asked = iterator.next();
    // Its consumer may never come for it.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  try {
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = ask();
      yield result.value;
    }
  } finally {
    iterator.return?.().catch(() => undefined);
  }
}
