import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf } from './process-mark.js';
import { noteFor } from './process-note.js';
import { tryTakeLock } from './takeover-lock.js';
import type { HeldLock } from './takeover-lock.js';

describe('The lock between processes', () => {
  let temporary: string;
  let folder: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'annals-lock-'));
    folder = join(temporary, 'lock');
  });
  afterEach(() => rmSync(temporary, { recursive: true }));

  const take = (dying = false): HeldLock => {
    const attempt = tryTakeLock(folder, dying);
    if ('heldBy' in attempt) throw new Error(`held by ${attempt.heldBy}`);
    return attempt.held;
  };
  const numbers = (): number[] =>
    readdirSync(folder)
      .map(Number)
      .sort((a, b) => a - b);

  it('is held by one until it is released', () => {
    const held = take();
    expect(tryTakeLock(folder)).toEqual({ heldBy: process.pid });
    held.release();
    take().release();
  });

  it('is free when its holder has ended, though its process id was given to another', () => {
    take().release();
    const note = JSON.parse(noteFor(folder)) as object;
    writeFileSync(join(folder, '2'), JSON.stringify({ ...note, born: 'long ago' }));
    take().release();
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it('is free when a crash of the machine left a file without its content', () => {
    take();
    writeFileSync(join(folder, '1'), '');
    take();
    writeFileSync(join(folder, '2'), '{"pid":');
    take();
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it('counts as free for its own dying process only', () => {
    take();
    take(true).release();
    const parent = { ...(JSON.parse(noteFor(folder)) as object), ...markOf(process.ppid) };
    writeFileSync(join(folder, '3'), JSON.stringify(parent));
    expect(tryTakeLock(folder, true)).toEqual({ heldBy: process.ppid });
  });

  it('is another one in a copy of the folder, and the same after a move', () => {
    const held = take();
    const original = folder;
    folder = join(temporary, 'copy');
    cpSync(original, folder, { recursive: true });
    take();
    folder = join(temporary, 'moved');
    renameSync(original, folder);
    expect(tryTakeLock(folder)).toEqual({ heldBy: process.pid });
    held.release();
  });

  it('keeps a few old files, not all', () => {
    for (let round = 0; round < 30; round++) take().release();
    expect(numbers()).toEqual([22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('removes drafts of processes that were killed while they wrote one', () => {
    take().release();
    writeFileSync(join(folder, 'draft-4194305-x'), 'half');
    take().release();
    expect(readdirSync(folder).filter((name) => name.startsWith('draft'))).toEqual([]);
  });
});
