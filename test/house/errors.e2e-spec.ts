import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AnnalsError } from '@annals/message';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const listErrors = (...options: string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'tools/list-errors.js'), ...options]);

/** The front doors of all libraries but those for tests. */
const doors = readdirSync(join(ROOT, 'libs')).flatMap((library) => {
  const source = join(ROOT, 'libs', library, 'src');
  const folders = ['.', ...readdirSync(source)].filter((folder) => folder !== 'testing');
  return folders.map((folder) => join(source, folder, 'index.ts')).filter((door) => existsSync(door));
});

/** Names of the error classes that the doors export. */
async function exportedErrors(): Promise<string[]> {
  const names = new Set<string>();
  for (const door of doors) {
    for (const value of Object.values((await import(door)) as Record<string, unknown>)) {
      if (typeof value === 'function' && value.prototype instanceof AnnalsError) names.add(value.name);
    }
  }
  return [...names].sort();
}

const documented = [
  ...readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm),
].map(([, code = '', name = '']) => ({ code, name }));

describe('docs/errors.md', () => {
  it('lists the error classes that the libraries export, and no other', async () => {
    expect(documented.length).toBeGreaterThan(40);
    expect(documented.map(({ name }) => name).sort()).toEqual(await exportedErrors());
  });

  it('lists each code once', () => {
    const codes = documented.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });

  it('says what the sources say', async () => {
    await expect(listErrors('--check')).resolves.toMatchObject({ stderr: '' });
  });

  it('is out of date when an error is missing from it', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'annals-errors-'));
    await cp(join(ROOT, 'libs/message'), join(elsewhere, 'libs/message'), { recursive: true });
    await cp(join(ROOT, 'docs'), join(elsewhere, 'docs'), { recursive: true });
    await listErrors('--root', elsewhere);
    await listErrors('--check', '--root', elsewhere);
    const added =
      "/** A new fault. */\nexport class NewFault extends AnnalsError {\n  readonly code = 'MESSAGE_NEW_FAULT';\n}\n";
    await writeFile(join(elsewhere, 'libs/message/src/new-fault.ts'), added);
    const check = listErrors('--check', '--root', elsewhere);
    await expect(check).rejects.toMatchObject({ stderr: expect.stringContaining('npm run docs:errors') });
    await rm(elsewhere, { recursive: true });
  });
});
