import { ArrayMinSize, IsInt, Min, ValidateNested } from 'class-validator';
import { expect, it } from 'vitest';
import { LogEventStore } from '../log-event-store.js';
import { EventTypes } from '../typing/event-types.js';
import type { OpenEventStore, StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, failureOf, revisions } from './store-under-test.js';

class Line {
  @IsInt()
  @Min(1)
  quantity = 1;
}

class Placed {
  @ArrayMinSize(1)
  @ValidateNested()
  lines: Line[] = [];

  @Min(0)
  total = 0;
}

const line = (quantity: number): Line => Object.assign(new Line(), { quantity });
const placed = (lines: Line[], total = 0): Placed => Object.assign(new Placed(), { lines, total });

const types = new EventTypes();
types.add(Placed, 'placed', 2);

const withTypes = ({ log, wakesReaders, unitOfWork }: OpenEventStore): LogEventStore =>
  new LogEventStore({ log, wakesReaders, unitOfWork }, { types });

const BAD_DATA: Record<string, [data: unknown, code: string]> = {
  'U+0000': [{ note: 'a\u0000b' }, 'MESSAGE_NOT_ENCODABLE'],
  'U+0000 in a key': [{ 'a\u0000b': 1 }, 'MESSAGE_NOT_ENCODABLE'],
  'a lone high surrogate': [{ note: '\ud83d' }, 'MESSAGE_NOT_ENCODABLE'],
  'a lone low surrogate': [{ note: 'x\ude00' }, 'MESSAGE_NOT_ENCODABLE'],
  NaN: [{ price: NaN }, 'MESSAGE_NOT_ENCODABLE'],
  Infinity: [{ price: Infinity }, 'MESSAGE_NOT_ENCODABLE'],
  bigint: [{ price: 1n }, 'MESSAGE_NOT_ENCODABLE'],
  __proto__: [JSON.parse('{"__proto__":{"admin":true}}'), 'MESSAGE_NOT_ENCODABLE'],
  undefined: [undefined, 'MESSAGE_NOT_ENCODABLE'],
  '2 MiB': [{ blob: 'x'.repeat(2 * 1024 * 1024) }, 'MESSAGE_TOO_LARGE'],
};

/** What is refused, before anything is written. */
export function testRefusals(under: StoreUnderTest): void {
  testData(under);
  testNames(under);
  testRules(under);
}

function testData(under: StoreUnderTest): void {
  it.each(Object.entries(BAD_DATA))('refuses data with %s, and writes nothing', async (_, [data, code]) => {
    const { store } = under();
    const stream = aStream();
    const head = await store.head();
    const good = events(1)[0] ?? {};
    expect(await failureOf(store.append(stream, 'any', [good, { type: 'bad', data }, good]))).toMatchObject({ code });
    expect(
      await failureOf(store.append(stream, 'any', [{ type: 'bad', data: 1, metadata: { data: data ?? NaN } }])),
    ).toMatchObject({ code });
    expect(await store.head()).toEqual(head);
    expect(await all(store.read(stream))).toEqual([]);
  });

  it('lets one bad append among concurrent good ones fail alone', async () => {
    const { store } = under();
    const stream = aStream();
    const good = Array.from({ length: 10 }, () => store.append(stream, 'any', events(1)));
    const bad = failureOf(store.append(stream, 'any', [{ type: 'bad', data: { note: '\u0000' } }]));
    const conflict = failureOf(store.append(stream, 99, events(1)));
    const more = Array.from({ length: 10 }, () => store.append(stream, 'any', events(1)));
    expect([await bad, await conflict]).toMatchObject([
      { code: 'MESSAGE_NOT_ENCODABLE' },
      { code: 'STORE_WRONG_EXPECTED_REVISION' },
    ]);
    await Promise.all([...good, ...more]);
    expect(await revisions(store.read(stream))).toHaveLength(20);
  });
}

function testNames(under: StoreUnderTest): void {
  it.each([
    ['empty', ''],
    ['longer than 255 bytes', 'ä'.repeat(128)],
    ['half a surrogate pair', 'order-\ud83d'],
    ['U+0000', 'order-\u0000'],
    ['a control character', 'order-\u0085'],
    ['no string', 7 as unknown as string],
  ])('refuses a stream name that is %s', async (_, stream) => {
    const { store } = under();
    const code = 'STORE_INVALID_STREAM_NAME';
    expect(await failureOf(store.append(stream, 'any', events(1)))).toMatchObject({ code, stream });
    expect(await failureOf(store.appendAll([{ stream, expected: 'any', events: [] }]))).toMatchObject({ code });
    expect(() => store.read(stream)).toThrow(expect.objectContaining({ code }));
  });

  it('takes stream names of up to 255 bytes in any language', async () => {
    const { store } = under();
    for (const start of ['bestellung für 😀', 'a b/c?d=%$"\'\\', 'order--']) {
      const stream = aStream(start);
      const name = stream + 'x'.repeat(255 - Buffer.byteLength(stream));
      await store.append(name, 'no-stream', events(1));
      expect((await all(store.read(name)))[0]?.stream).toBe(name);
    }
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53, '3', null, undefined, 'exists'])(
    'refuses %s as the expected revision',
    async (expected) => {
      const failure = await failureOf(under().store.append(aStream(), expected as number, events(1)));
      expect(failure).toMatchObject({ code: 'STORE_INVALID_EXPECTED_REVISION', expected });
    },
  );
}

function testRules(under: StoreUnderTest): void {
  it('names every fault of every event at once, and writes nothing', async () => {
    const store = withTypes(under());
    const [one, other] = [aStream(), aStream()];
    const failure = await failureOf(
      store.appendAll([
        { stream: one, expected: 'any', events: [placed([line(1), line(0.5)], -1), placed([line(1)])] },
        {
          stream: other,
          expected: 'any',
          events: [
            { type: '', data: 1 },
            new Line(),
            { type: 'x', data: 1, id: 'no-uuid', metadata: { tenant: '' } },
            { type: 'placed', version: 3, data: {} },
          ],
        },
      ]),
    );
    expect(failure).toMatchObject({ code: 'STORE_INVALID_EVENT' });
    const { faults } = failure as unknown as { faults: { stream: string; index: number; path: string }[] };
    expect(
      faults.map(({ stream, index, path }) => `${stream === one ? 'one' : 'other'} ${index} ${path}`).sort(),
    ).toEqual([
      'one 0 lines[1].quantity',
      'one 0 lines[1].quantity',
      'one 0 total',
      'other 0 type',
      'other 1 ',
      'other 2 id',
      'other 2 metadata.tenant',
      'other 3 version',
    ]);
    for (const { path } of faults) expect(failure.message).toContain(path);
    expect([await all(store.read(one)), await all(store.read(other))]).toEqual([[], []]);
  });

  it('holds plain data given under the name of a class to the rules of the class', async () => {
    const store = withTypes(under());
    const stream = aStream();
    const bad = store.append(stream, 'any', [{ type: 'placed', version: 2, data: { lines: [], total: 3 } }]);
    expect(await failureOf(bad)).toMatchObject({ faults: [{ path: 'lines', index: 0, type: 'placed' }] });
    await store.append(stream, 'no-stream', [{ type: 'placed', version: 2, data: { lines: [line(2)], total: 3 } }]);
    const [stored] = await all(store.read(stream));
    expect(stored?.data).toBeInstanceOf(Placed);
  });
}
