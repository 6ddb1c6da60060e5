import { expect, it } from 'vitest';
import { withMetadata } from '../metadata/with-metadata.js';
import type { StoreUnderTest } from './store-under-test.js';
import { aCategory, all, aStream, events, failureOf, revisions } from './store-under-test.js';
import { tallies } from './tally.js';

const of = (tenant: string) => ({ metadata: { tenant } });

/** Streams of one name that belong to several tenants. */
export function testTenants(under: StoreUnderTest): void {
  it('keeps streams of one name apart, each with revisions of its own', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'no-stream', events(1));
    await store.append(stream, 'no-stream', events(2), of('a'));
    await withMetadata({ tenant: 'b' }, () => store.append(stream, 'no-stream', events(3)));
    expect(await revisions(store.read(stream))).toEqual([1]);
    expect(await revisions(store.read(stream, { tenant: 'a' }))).toEqual([1, 2]);
    const ofB = await withMetadata({ tenant: 'b' }, () => all(store.read(stream)));
    expect(ofB).toMatchObject(Array(3).fill({ stream, metadata: { tenant: 'b' } }));
  });

  it('names the stream and its tenant in a conflict', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    const append = () => store.append(stream, 'stream-exists', events(1), of('a'));
    for (const failing of [append, () => unitOfWork.run(append)]) {
      const failure = await failureOf(failing());
      expect(failure).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', stream });
      expect(failure.message).toContain(`${stream} of tenant a`);
    }
  });

  it('reads the whole log of one tenant, or of all', async () => {
    const { store } = under();
    const [category, plain] = [aCategory(), aCategory()];
    await store.append(`${category}-1`, 'any', events(1));
    await store.append(`${category}-1`, 'any', events(2), of('a'));
    await store.append(plain, 'any', events(1), of('a'));
    const found = async (options: object, tenant?: string) => {
      const read = () => all(store.readCategory(category, options));
      return (await (tenant === undefined ? read() : withMetadata({ tenant }, read))).length;
    };
    expect(await found({})).toBe(3);
    expect(await found({ tenant: 'a' })).toBe(2);
    expect(await found({ direction: 'backwards', tenant: 'a' })).toBe(2);
    expect(await found({ types: ['happened'], tenant: 'a' })).toBe(2);
    expect(await found({}, 'a')).toBe(2);
    expect(await found({}, 'b')).toBe(0);
    expect(await found({ allTenants: true }, 'b')).toBe(3);
    expect(await all(store.readCategory(plain))).toMatchObject([{ stream: plain }]);
    const whole = await all(store.readAll(undefined, { tenant: 'a' }));
    expect(new Set(whole.map(({ metadata }) => metadata.tenant))).toEqual(new Set(['a']));
  });

  it('keeps states and units of work of tenants apart', async () => {
    const { store, unitOfWork } = under();
    const [stream, model] = [aStream(), tallies({ every: 1 })];
    const add = (tenant: string, by: number) => store.update(stream, model, (tally) => tally.add(by), of(tenant));
    await Promise.all([add('a', 1), add('b', 10), add('a', 2)]);
    await unitOfWork.run(async () => {
      await add('b', 20);
      expect(await store.load(stream, model, { tenant: 'b' })).toMatchObject({ total: 30, stream });
    });
    await under().snapshotsWritten();
    expect(await store.load(stream, model, { tenant: 'a' })).toMatchObject({ total: 3, stream });
    expect(await store.load(stream, model, { tenant: 'b' })).toMatchObject({ total: 30 });
    expect(await store.load(stream, model)).toMatchObject({ revision: 0 });
  });

  it('refuses an event whose own tenant is another than its stream has, and a tenant that cannot be one', async () => {
    const { store } = under();
    const other = store.append(aStream(), 'any', events(1, of('a')), of('b'));
    expect(await failureOf(other)).toMatchObject({
      code: 'STORE_INVALID_EVENT',
      faults: [{ path: 'metadata.tenant' }],
    });
    expect(() => store.read(aStream(), { tenant: 'a\u001fb' })).toThrow(RangeError);
  });
}
