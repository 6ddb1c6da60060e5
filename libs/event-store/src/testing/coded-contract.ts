import type { Codec } from '@annals/message';
import { bigintCodec, dateCodec } from '@annals/message';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Coded } from '../typing/coded-fields.js';
import { DomainEvent } from '../typing/domain-event.js';
import { instanceOf } from '../typing/instance-of.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, failureOf } from './store-under-test.js';

/** A value class of the application's, with a codec of its own. */
class Money {
  constructor(readonly cents: bigint) {}
}
const money: Codec<Money> = {
  name: 'money',
  is: (value): value is Money => value instanceof Money,
  encode: ({ cents }) => `${cents} ct`,
  decode: (encoded) => new Money(BigInt((encoded as string).replace(' ct', ''))),
};

class Line {
  @Coded(money)
  readonly price: Money;
  constructor(
    readonly product: string,
    price: Money,
  ) {
    this.price = price;
  }
}

@DomainEvent('coded-contract.invoiced')
class Invoiced {
  @Coded(dateCodec)
  readonly at: Date;
  @Coded(bigintCodec)
  readonly number: bigint | null;
  @Coded(instanceOf(Line), { each: true })
  readonly lines: readonly Line[];
  readonly note: string;
  constructor(at: Date, number: bigint | null, lines: readonly Line[], note: string) {
    this.at = at;
    this.number = number;
    this.lines = lines;
    this.note = note;
  }
}

const text = fc.string({ unit: 'grapheme' }).filter((given) => !given.includes('\u0000'));
const line = fc.tuple(text, fc.bigInt()).map(([product, cents]) => new Line(product, new Money(cents)));
const invoiced = fc
  .tuple(fc.date({ noInvalidDate: true }), fc.option(fc.bigInt()), fc.array(line, { maxLength: 4 }), text)
  .map((given) => new Invoiced(...given));

/** Fields of events that JSON has no word for. */
export function testCoded(under: StoreUnderTest): void {
  it('gives dates, big integers and the application’s own values back equal', async () => {
    const { store } = under();
    await fc.assert(
      fc.asyncProperty(fc.array(invoiced, { minLength: 1, maxLength: 5 }), async (events) => {
        const stream = aStream();
        await store.append(stream, 'no-stream', events);
        const read = await all(store.read(stream));
        expect(read.map(({ data }) => data)).toStrictEqual(events);
      }),
      { numRuns: 25 },
    );
  });

  it('stores them plain and readable', async () => {
    const { log, store } = under();
    const stream = aStream();
    await store.append(stream, 'any', [
      new Invoiced(new Date(0), 9007199254740993n, [new Line('tea', new Money(250n))], ''),
    ]);
    const [record] = await log.readStream(stream, {}, 1, 'forwards');
    expect(JSON.parse(record?.data ?? '')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      number: '9007199254740993',
      lines: [{ product: 'tea', price: '250 ct' }],
      note: '',
    });
  });

  it('takes plain data in its stored form or with its values, and names what is neither', async () => {
    const { store } = under();
    const stream = aStream();
    const type = 'coded-contract.invoiced';
    const stored = {
      at: '1970-01-01T00:00:00.000Z',
      number: '1',
      lines: [{ product: 'tea', price: '1 ct' }],
      note: '',
    };
    await store.append(stream, 'any', [
      { type, data: stored },
      { type, data: { ...stored, at: new Date(0), number: 1n } },
    ]);
    const [one, other] = await all(store.read(stream));
    expect(one?.data).toStrictEqual(new Invoiced(new Date(0), 1n, [new Line('tea', new Money(1n))], ''));
    expect(other?.data).toStrictEqual(one?.data);
    const bad = { ...stored, at: 'today', lines: [stored.lines[0], 7] };
    expect(await failureOf(store.append(stream, 'any', [{ type, data: bad }]))).toMatchObject({
      code: 'STORE_INVALID_EVENT',
      faults: [{ path: 'at' }, { path: 'lines[1]' }],
    });
  });
}
