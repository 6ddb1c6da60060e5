import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkEventFixtures } from '@annals/event-store/fixtures';
import { describe, expect, it } from 'vitest';
import '../shop.module.js';

const SHOP = fileURLToPath(new URL('../..', import.meta.url));
const DIRECTORY = `${SHOP}/event-fixtures`;

describe('What the shop has on record', () => {
  it('is read by today’s classes: one event of each type and version, from real orders', async () => {
    const only = (type: string): boolean => /^(order|return|money|customer|stock|product)-/.test(type);
    const checked = await checkEventFixtures({ directory: DIRECTORY, only });
    expect(checked).toBe(readdirSync(DIRECTORY).length);
    expect(checked).toBeGreaterThanOrEqual(12);
  });
});
