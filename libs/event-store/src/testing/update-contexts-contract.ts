import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import { withMetadata } from '../metadata/with-metadata.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream } from './store-under-test.js';
import type { Tally } from './tally.js';
import { tallies } from './tally.js';

/** What goes with each update: its metadata, its command, its unit of work. */
export function testUpdateContexts(under: StoreUnderTest): void {
  it('gives each its own metadata, command and asynchronous context, also where they share an append', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const commands = [newId(), newId()];
    const update = (commandId: string): Promise<unknown> =>
      withMetadata({ correlationId: `of ${commandId}` }, () =>
        store.update(stream, model, (tally) => tally.add(1), { commandId }),
      );
    await Promise.all(commands.map(update));
    const stored = await all(store.read(stream));
    expect(stored.map(({ metadata }) => metadata)).toEqual(
      commands.map((id) => ({ causationId: id, correlationId: `of ${id}` })),
    );
    // The same commands once more: their events are there.
    expect(await Promise.all(commands.map(update))).toMatchObject([
      { appended: { revision: 1 } },
      { appended: { revision: 2 } },
    ]);
    expect(await store.load(stream, model)).toMatchObject({ total: 2, revision: 2 });
    await store.update(stream, model, (tally) => tally.add(1));
    expect(await store.load(stream, tallies())).toMatchObject({ total: 3, revision: 3 });
  });

  it('appends once what the same command asks for twice at once', async () => {
    const { store } = under();
    const [stream, model, commandId] = [aStream(), tallies(), newId()];
    const twice = [1, 2].map(() => store.update(stream, model, (tally) => tally.add(1), { commandId }));
    expect(await Promise.all(twice)).toMatchObject([{ appended: { revision: 1 } }, { appended: { revision: 1 } }]);
    expect(await store.load(stream, tallies())).toMatchObject({ total: 1, revision: 1 });
    await store.update(stream, model, (tally) => tally.add(1));
    expect(await store.load(stream, tallies())).toMatchObject({ total: 2, revision: 2 });
  });

  it('waits for the commit of the unit of work it is in', async () => {
    const { store, unitOfWork } = under();
    const [stream, model] = [aStream(), tallies()];
    await unitOfWork.run(async () => {
      const add = (tally: Tally): number => (tally.add(1), tally.total);
      expect(await store.update(stream, model, add)).toEqual({ result: 1, appended: { pending: true } });
      expect(await store.update(stream, model, add)).toMatchObject({ result: 2 });
    });
    expect(await store.load(stream, model)).toMatchObject({ total: 2 });
  });
}
