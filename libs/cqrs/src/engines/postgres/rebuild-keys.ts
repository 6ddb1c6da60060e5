import { sqlState } from '@annals/postgres';
import type { ProjectionKey } from '../../projecting/projection.js';

/** Under which the cursors are kept that a rebuild has replaced. */
export const beforeKey = ({ name, version }: ProjectionKey): ProjectionKey => ({ name: `${name} (before)`, version });

/** Whether a lock could not be had in time. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === '55P03';
