import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicMatches } from './topic-matches.js';

/** The reference: what the rule says, word by word, without a thought for time. */
function reference(pattern: readonly string[], key: readonly string[]): boolean {
  const [part, ...rest] = pattern;
  if (part === undefined) return key.length === 0;
  if (part === '#') return reference(rest, key) || (key.length > 0 && reference(pattern, key.slice(1)));
  return key.length > 0 && (part === '*' || part === key[0]) && reference(rest, key.slice(1));
}
const words = (text: string): string[] => (text === '' ? [] : text.split('.'));

describe('A topic binding', () => {
  // The cases of RabbitMQ's tutorial on topics, and of its own test of the trie (rabbit_exchange_type_topic_SUITE).
  it.each<[string, readonly string[], readonly string[]]>([
    [
      '*.orange.*',
      ['quick.orange.rabbit', 'lazy.orange.elephant', 'quick.orange.fox'],
      ['orange', 'quick.orange.new.rabbit'],
    ],
    ['*.*.rabbit', ['quick.orange.rabbit', 'lazy.pink.rabbit'], ['rabbit', 'quick.brown.fox']],
    [
      'lazy.#',
      ['lazy.orange.elephant', 'lazy.brown.fox', 'lazy', 'lazy.orange.new.rabbit'],
      ['quick.brown.fox', 'lazyness'],
    ],
    ['#', ['', 'a', 'a.b.c', '..'], []],
    ['', [''], ['a']],
    ['a.#.b', ['a.b', 'a.c.b', 'a.c.d.b'], ['a', 'b', 'a.b.c']],
    ['#.#', ['', 'a', 'a.b'], []],
    ['*', ['a'], ['', 'a.b']],
    ['*.#', ['a', 'a.b'], ['']],
    ['#.a.#', ['a', 'b.a', 'a.b', 'b.a.c'], ['b', '']],
    ['a..b', ['a..b'], ['a.b', 'a.c.b']],
    ['a.*.b', ['a..b', 'a.c.b'], ['a.b']],
    ['a*', ['a*'], ['ab']],
  ])('%s matches %j and not %j', (pattern, matching, others) => {
    expect(matching.filter((key) => !topicMatches(pattern, key))).toEqual([]);
    expect(others.filter((key) => topicMatches(pattern, key))).toEqual([]);
  });

  it('matches as the reference does, for every pattern and key', () => {
    const word = fc.constantFrom('a', 'b', '');
    const key = fc.array(word, { maxLength: 6 }).map((parts) => parts.join('.'));
    const pattern = fc
      .array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(pattern, key, (given, routingKey) => {
        expect(topicMatches(given, routingKey)).toBe(reference(words(given), words(routingKey)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of many # is answered at once', () => {
    const pattern = Array<string>(40).fill('#.a').join('.');
    const key = Array<string>(60).fill('a').join('.');
    expect([topicMatches(pattern, key), topicMatches(`${pattern}.b`, key)]).toEqual([true, false]);
  });
});
