import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import { causedBy, withMetadata } from '../metadata/with-metadata.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events } from './store-under-test.js';

/** What is recorded beside an event, and where it comes from. */
export function testMetadata(under: StoreUnderTest): void {
  testSources(under);
  testCauses(under);
}

function testSources(under: StoreUnderTest): void {
  it('gives metadata back as it was, with the event over the append over the surrounding', async () => {
    const { store } = under();
    const stream = aStream();
    await withMetadata({ correlationId: 'outer', tenant: 'a', source: 'import', note: null }, () =>
      withMetadata({ correlationId: 'inner' }, () =>
        store.append(stream, 'any', [...events(1), ...events(1, { metadata: { note: 'own', user: { id: 7 } } })], {
          metadata: { tenant: 'b' },
        }),
      ),
    );
    expect((await all(store.read(stream, { tenant: 'b' }))).map(({ metadata }) => metadata)).toEqual([
      { correlationId: 'inner', tenant: 'b', source: 'import', note: null },
      { correlationId: 'inner', tenant: 'b', source: 'import', note: 'own', user: { id: 7 } },
    ]);
  });

  it('carries no metadata out of the work it was given for', async () => {
    const { store } = under();
    const stream = aStream();
    await withMetadata({ correlationId: newId() }, () => Promise.resolve());
    await store.append(stream, 'any', events(1));
    expect((await all(store.read(stream)))[0]?.metadata).toEqual({});
  });
}

function testCauses(under: StoreUnderTest): void {
  it('names the command as the cause unless the metadata names another', async () => {
    const { store } = under();
    const stream = aStream();
    const [commandId, other] = [newId(), newId()];
    await withMetadata({ causationId: newId() }, async () => {
      await store.append(stream, 0, events(1), { commandId });
      await store.append(stream, 1, events(1), { commandId: newId(), metadata: { causationId: other } });
    });
    expect((await all(store.read(stream))).map(({ metadata }) => metadata.causationId)).toEqual([commandId, other]);
  });

  it('ties what follows from an event to it, also from within asynchronous work', async () => {
    const { store } = under();
    const [first, second, third] = [aStream(), aStream(), aStream()];
    await store.append(first, 'any', events(1), { metadata: { tenant: 'a' } });
    const [root] = await all(store.read(first, { tenant: 'a' }));
    if (root === undefined) throw new Error('the event is missing');
    await withMetadata(causedBy(root), async () => {
      await Promise.resolve();
      await store.append(second, 'any', events(1));
    });
    const [child] = await all(store.read(second, { tenant: 'a' }));
    if (child === undefined) throw new Error('the event is missing');
    expect(child.metadata).toEqual({ correlationId: root.id, causationId: root.id, tenant: 'a' });
    await withMetadata(causedBy(child), () => store.append(third, 'any', events(1)));
    const [grandchild] = await all(store.read(third, { tenant: 'a' }));
    expect(grandchild?.metadata).toEqual({ correlationId: root.id, causationId: child.id, tenant: 'a' });
    expect((await all(store.readCorrelated(root.id))).map(({ stream }) => stream)).toEqual([second, third]);
  });
}
