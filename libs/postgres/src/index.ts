export { arrayOf, IntegerArray, TextArray, UuidArray } from './binary-array.js';
export { Connection, Database } from './database.js';
export {
  EmbeddedBinariesBroken,
  EmbeddedBinariesMissing,
  EmbeddedBusy,
  EmbeddedDirectoryUnusable,
  EmbeddedDiskFull,
  EmbeddedInitdbFailed,
  EmbeddedOtherMajor,
  EmbeddedPasswordUnknown,
  EmbeddedSharedMemory,
  EmbeddedStartFailed,
  EmbeddedStopFailed,
  EmbeddedUserMissing,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from './embedded/index.js';
export { guardClients } from './guard-clients.js';
export { Leases } from './lease.js';
export { migrate, MigrationChanged } from './migrate.js';
export { Pipeline } from './pipeline.js';
export { PostgresUnavailable } from './postgres-unavailable.js';
export { parseTimestamp } from './result-types.js';
export { isConnectionLoss, sqlState } from './sql-state.js';
export { quoteIdentifier, statements, withSchema } from './statement.js';
export { WakeUps } from './wake-ups.js';

export type { DatabaseOptions, DriverConnection, Queries, Row } from './database.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded/index.js';
export type { Lease, Renewal } from './lease.js';
export type { Migrations } from './migrate.js';
export type { Statement } from './statement.js';
export type { WakeUpsOptions } from './wake-ups.js';
