import { hasCode } from '@annals/message';
import type { ErrorCode } from '@annals/message';

const CODES: readonly ErrorCode[] = [
  'BUS_STALE_GENERATION',
  'BUS_CURSOR_MOVED',
  'LOG_UNAVAILABLE',
  'POSTGRES_UNAVAILABLE',
];

/** Whether no record is to blame: the partition is lost, or the database is, or too busy. */
export const isNoFaultOfRecords = (error: unknown): boolean => CODES.some((code) => hasCode(error, code));
