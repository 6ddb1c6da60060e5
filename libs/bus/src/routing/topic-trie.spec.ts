import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicMatches } from './topic-matches.js';
import { TopicTrie } from './topic-trie.js';

/** The bindings of RabbitMQ's own test of its trie (rabbitmq-server, deps/rabbit/test, topic matching), as t1 to t26. */
const PATTERNS = [
  ...['a.b.c', 'a.*.c', 'a.#.b', 'a.b.b.c', '#', '#.#', '#.b', '*.*', 'a.*', '*.b.c', 'a.#', 'a.#.#', 'b.b.c'],
  ...['a.b.b', 'a.b', 'b.c', '', '*.*.*', 'vodka.martini', 'a.b.c', '*.#', '#.*.#', '*.#.#', '#.#.#', '*', '#.b.#'],
];

const found = (trie: TopicTrie<number>, key: string): number[] => {
  const values = new Set<number>();
  trie.match(key, (value) => values.add(value));
  return [...values].sort((one, other) => one - other);
};

const trieOf = (patterns: readonly string[]): TopicTrie<number> => {
  const trie = new TopicTrie<number>();
  for (const [index, pattern] of patterns.entries()) trie.add(pattern, index + 1);
  return trie;
};

describe('The index of topic bindings', () => {
  it.each([
    ['a.b.c', [1, 2, 5, 6, 10, 11, 12, 18, 20, 21, 22, 23, 24, 26]],
    ['a.b', [3, 5, 6, 7, 8, 9, 11, 12, 15, 21, 22, 23, 24, 26]],
    ['a.b.b', [3, 5, 6, 7, 11, 12, 14, 18, 21, 22, 23, 24, 26]],
    ['', [5, 6, 17, 24]],
    ['b.c.c', [5, 6, 18, 21, 22, 23, 24, 26]],
    ['a.a.a.a.a', [5, 6, 11, 12, 21, 22, 23, 24]],
    ['vodka.gin', [5, 6, 8, 21, 22, 23, 24]],
    ['vodka.martini', [5, 6, 8, 19, 21, 22, 23, 24]],
    ['b.b.c', [5, 6, 10, 13, 18, 21, 22, 23, 24, 26]],
    ['nothing.here.at.all', [5, 6, 21, 22, 23, 24]],
    ['oneword', [5, 6, 21, 22, 23, 24, 25]],
  ])('finds for "%s" what RabbitMQ finds', (key, expected) => {
    expect(found(trieOf(PATTERNS), key)).toEqual(expected);
  });

  it('finds of any patterns those that match', () => {
    const word = fc.constantFrom('a', 'b', '');
    const text = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.'));
    const patterns = fc.array(text(fc.oneof(word, fc.constantFrom('*', '#'))), { maxLength: 12 });
    fc.assert(
      fc.property(patterns, text(word), (given, key) => {
        const expected = given.flatMap((pattern, index) => (topicMatches(pattern, key) ? [index + 1] : []));
        expect(found(trieOf(given), key)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('answers at once with many # in a pattern and many words in a key', () => {
    const trie = trieOf([Array<string>(40).fill('#').join('.'), Array<string>(40).fill('#.a').join('.')]);
    expect(found(trie, Array<string>(100).fill('a').join('.'))).toEqual([1, 2]);
    expect(found(trie, Array<string>(100).fill('b').join('.'))).toEqual([1]);
  });
});
