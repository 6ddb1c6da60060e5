import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, revisions } from './store-under-test.js';

/** Reads of one stream. */
export function testReadingStreams(under: StoreUnderTest): void {
  testRanges(under);
  testContent(under);
  testReplay(under);
}

function testRanges(under: StoreUnderTest): void {
  it.each([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ from: 5, to: 7 }, [5, 6, 7]],
    [{ from: 9 }, [9, 10]],
    [{ from: 11 }, []],
    [{ from: 7, to: 5 }, []],
    [{ to: 0 }, []],
    [{ to: 2 }, [1, 2]],
    [{ to: 99 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ limit: 3 }, [1, 2, 3]],
    [{ limit: 0 }, []],
    [{ from: 4, limit: 2 }, [4, 5]],
    [{ direction: 'backwards' } as const, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [{ direction: 'backwards', limit: 2 } as const, [10, 9]],
    [{ direction: 'backwards', from: 5, to: 7 } as const, [7, 6, 5]],
    [{ direction: 'backwards', to: 4, limit: 3 } as const, [4, 3, 2]],
  ])('reads %j of ten events as %j, whatever the page', async (range, wanted) => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(10));
    for (const batchSize of [undefined, 1, 3, 5, 10]) {
      const read = store.read(stream, batchSize === undefined ? range : { ...range, batchSize });
      expect(await revisions(read)).toEqual(wanted);
    }
  });
}

function testReplay(under: StoreUnderTest): void {
  it.each([{}, { from: 4 }, { from: 3, to: 6 }, { to: 0 }])(
    'replays %j as it is read, whatever the page',
    async (range) => {
      const { store } = under();
      const stream = aStream();
      await store.append(stream, 'any', events(10));
      const read = await all(store.read(stream, range));
      for (const batchSize of [1, 3, 1_000]) {
        const pages = await all(store.replay(stream, { ...range, batchSize }));
        expect(pages.flat()).toEqual(
          read.map(({ revision, type, version, data }) => ({ revision, type, version, data })),
        );
        expect(pages.every((page) => page.length > 0 && page.length <= batchSize)).toBe(true);
      }
    },
  );

  it('replays what a unit of work has enrolled, and refuses what cannot be read', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(2));
    await unitOfWork.run(async () => {
      await store.append(stream, 2, events(2));
      const pages = await all(store.replay(stream));
      expect(pages.flat().map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
    });
    expect(() => store.replay('')).toThrow(expect.objectContaining({ code: 'STORE_INVALID_STREAM_NAME' }));
    expect(() => store.replay(stream, { from: 0 })).toThrow(RangeError);
  });
}

function testContent(under: StoreUnderTest): void {
  it('reads a stream that does not exist as empty, in both directions', async () => {
    const { store } = under();
    expect(await revisions(store.read(aStream()))).toEqual([]);
    expect(await revisions(store.read(aStream(), { direction: 'backwards' }))).toEqual([]);
  });

  it('reads one stream only, though others begin with its name', async () => {
    const { store } = under();
    const stream = aStream();
    await store.appendAll(['', '-1', 'x'].map((end) => ({ stream: stream + end, expected: 'any', events: events(1) })));
    expect((await all(store.read(stream))).map((event) => event.stream)).toEqual([stream]);
  });

  it('gives data back equal to what was appended', async () => {
    const { store } = under();
    const stream = aStream();
    const data = [
      { text: 'ü 😀 "\\\n\t', list: [1, -2.5e-7, [], {}], nested: { none: null, yes: true } },
      [1, 'two'],
      'only text',
      0,
      null,
      { big: 2 ** 53 - 1, long: '9007199254740993.000' },
    ];
    await store.append(
      stream,
      'any',
      data.map((each) => ({ type: 'said', version: 32_767, data: each })),
    );
    const read = await all(store.read(stream));
    expect(read.map((event) => event.data)).toEqual(data);
    expect(read[0]).toMatchObject({ type: 'said', version: 32_767 });
  });

  it('can be iterated only as far as one likes', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(9));
    const seen: number[] = [];
    for await (const { revision } of store.read(stream, { batchSize: 2 })) {
      seen.push(revision);
      if (revision === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('names every fault of a range at once', () => {
    const range = { from: 0, to: 1.5, limit: -1, batchSize: 0, direction: 'up' as 'forwards' };
    expect(() => under().store.read(aStream(), range)).toThrow(/from .*to .*limit .*batchSize .*direction /s);
  });
}
