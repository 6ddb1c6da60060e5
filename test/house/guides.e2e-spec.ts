import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const GUIDES = readdirSync(new URL('docs/guides/', ROOT)).filter((name) => name.endsWith('.md'));
const EXAMPLES = readdirSync(new URL('docs/examples/', ROOT)).filter((name) => name.endsWith('.ts'));

/** What may stand in a guide: whole examples, and their regions, without the marks of regions inside. */
const compiled = new Set(
  EXAMPLES.flatMap((name) => {
    const text = read(`docs/examples/${name}`);
    const regions = [...text.matchAll(/^\/\/ #region (\S+)\n(.*?)^\/\/ #endregion \1$/gms)].map(
      ([, , code = '']) => code,
    );
    return [text, ...regions];
  }),
);
const blocks = (guide: string): string[] =>
  [...read(`docs/guides/${guide}`).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);

describe('The guides', () => {
  afterEach(() => vi.restoreAllMocks());

  it('are there', () => {
    const wanted = [
      'aggregates.md',
      'changing-events.md',
      'forgetting-people.md',
      'snapshots.md',
      'topics-and-groups.md',
    ];
    expect(GUIDES).toEqual(expect.arrayContaining(wanted));
  });

  it.each(GUIDES)('%s shows only code that is compiled and run', (guide) => {
    const shown = blocks(guide);
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.filter((block) => !compiled.has(block))).toEqual([]);
  });

  // The README's own test runs the first one, and reads what it prints.
  it.each(EXAMPLES.filter((name) => name !== 'first-steps.ts'))(
    'the example %s runs, and what it claims holds',
    async (example) => {
      vi.spyOn(console, 'log').mockImplementation(() => undefined);
      const module: unknown = await import(new URL(`docs/examples/${example}`, ROOT).href);
      expect(module).toBeDefined();
    },
  );

  it.each(GUIDES)('%s links to what is there', (guide) => {
    const links = [...read(`docs/guides/${guide}`).matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    for (const path of links) expect(() => readFileSync(new URL(path, new URL('docs/guides/', ROOT)))).not.toThrow();
  });

  it('are all linked from the README', () => {
    for (const guide of GUIDES) expect(read('README.md')).toContain(`docs/guides/${guide}`);
  });
});
