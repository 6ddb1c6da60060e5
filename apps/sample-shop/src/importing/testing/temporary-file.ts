import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Writes a file that is gone when the running test has finished.
 *
 * @param content its bytes, or its text in UTF-8
 * @param name its last name
 * @returns its path
 */
export function temporaryFile(content: Uint8Array | string, name = 'orders.csv'): string {
  const folder = mkdtempSync(join(tmpdir(), 'sample-shop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
