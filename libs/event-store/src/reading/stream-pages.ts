import type { RevisionRange } from '@annals/log';
import { ahead, settled } from './read-ahead.js';
import type { ResolvedRange } from './resolve-read-options.js';

/**
 * The records of one stream, page after page; the next page is read while the consumer works on this one. A loop that
 * is left waits for the read under way and starts none.
 */
export async function* streamPages<Row extends { readonly revision: number }>(
  readPage: (range: RevisionRange, size: number) => Promise<readonly Row[]>,
  range: ResolvedRange,
): AsyncGenerator<readonly Row[]> {
  const { direction, batchSize } = range;
  let { from, to, limit: remaining } = range;
  let next: Promise<readonly Row[]> | undefined;
  const read = (size: number): Promise<readonly Row[]> =>
    ahead(readPage(to === Infinity ? { from } : { from, to }, size));
  try {
    while (next !== undefined || (remaining > 0 && from <= to)) {
      const size = Math.min(batchSize, remaining);
      const page: readonly Row[] = await (next ?? read(size));
      next = undefined;
      const last = page.at(-1);
      if (last === undefined) return;
      remaining -= page.length;
      if (direction === 'forwards') from = last.revision + 1;
      else to = last.revision - 1;
      // A page that is not full was the last.
      const more = page.length === size && remaining > 0 && from <= to;
      if (more) next = read(Math.min(batchSize, remaining));
      yield page;
      if (!more) return;
    }
  } finally {
    await settled(next);
  }
}
