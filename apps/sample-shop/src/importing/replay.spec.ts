import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLUMNS } from './header.js';
import { ImportTally } from './import-summary.js';
import type { ReplayListeners } from './replay.js';
import { replay } from './replay.js';
import { survey } from './survey.js';
import { temporaryFile } from './testing/temporary-file.js';

const SALE = '600001,85123A,HEART,1,2010-12-01 08:26:00,2.55,17850,France\n';
const DAMAGED = 'X600002,85123A,HEART,1,2010-12-01 08:26:00,2.55,17850,France\n';
const file = (...lines: readonly string[]): string => temporaryFile(`${COLUMNS.join(',')}\n${lines.join('')}`);

async function invoicesOf(path: string, listeners: Partial<ReplayListeners> = {}, between?: () => void) {
  const surveyed = await survey(path);
  between?.();
  const found: string[] = [];
  const tally = new ImportTally();
  for await (const { entry } of replay(surveyed, { tally, ...listeners })) found.push(entry.invoice);
  return found;
}

describe('A replay', () => {
  it('ends at its signal, also where no line is accepted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onRejected = ({ line }: { line: number }): void => {
      seen.push(line);
      controller.abort(new Error('enough'));
    };
    const replayed = invoicesOf(file(DAMAGED, DAMAGED, DAMAGED), { onRejected, signal: controller.signal });
    await expect(replayed).rejects.toThrow('enough');
    expect(seen).toEqual([2]);
  });

  it('refuses a file that has other invoices than at its survey', async () => {
    const path = file(SALE);
    expect(await invoicesOf(path)).toEqual(['600001']);
    const changed = invoicesOf(path, {}, () => appendFileSync(path, SALE));
    await expect(changed).rejects.toMatchObject({ code: 'SHOP_UNREADABLE_FILE' });
  });
});

describe('A survey', () => {
  it('ends at its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(survey(file(SALE), { signal })).rejects.toThrow('enough');
  });
});
