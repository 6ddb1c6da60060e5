import { statements } from '@annals/postgres';
import type { Statement } from '@annals/postgres';

const STATEMENTS = [
  'begin-rebuild',
  'end-rebuild',
  'fence-cursors',
  'forget-cursors',
  'forget-parked',
  'hold-cursors',
  'limit-wait',
  'list-rebuilds',
  'lock-rebuild',
  'pause',
  'predecessor',
  'rename-parked',
  'resume',
  'set-cursors',
] as const;

/** What rebuilds say to the database. */
export type RebuildStatements = Readonly<Record<(typeof STATEMENTS)[number], Statement>>;

/** @param schema of Annals' tables */
export const rebuildStatements = (schema: string): RebuildStatements => statements(import.meta.url, schema, STATEMENTS);
