import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const blocks = (language: string): string[] =>
  [...read('README.md').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

describe('The README', () => {
  afterEach(() => vi.restoreAllMocks());

  it('shows the example that the type check compiles, in 30 lines', () => {
    const example = read('docs/examples/first-steps.ts');
    expect(blocks('ts')).toEqual([example]);
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('shows what the example prints', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...said: unknown[]) => void lines.push(format(...said)));
    await import('../../docs/examples/first-steps.js');
    expect(blocks('text')).toEqual([`${lines.join('\n')}\n`]);
  });

  it('names only commands that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const own = ['ci', 'install'];
    const named = [...read('README.md').matchAll(/(?:`|^|&& )npm (?:run )?([a-z:-]+)/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !own.includes(name) && !(name in scripts))).toEqual([]);
  });

  it('links to files that there are', () => {
    const links = [...read('README.md').matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(4);
    for (const path of links.filter((link) => !link.endsWith('/'))) expect(() => read(path)).not.toThrow();
  });
});
