export { startEmbeddedPostgres } from './embedded-postgres.js';
export { EmbeddedBinariesBroken } from './errors/embedded-binaries-broken.js';
export { EmbeddedBinariesMissing } from './errors/embedded-binaries-missing.js';
export { EmbeddedBusy } from './errors/embedded-busy.js';
export { EmbeddedDirectoryUnusable } from './errors/embedded-directory-unusable.js';
export { EmbeddedDiskFull } from './errors/embedded-disk-full.js';
export { EmbeddedInitdbFailed } from './errors/embedded-initdb-failed.js';
export { EmbeddedOtherMajor } from './errors/embedded-other-major.js';
export { EmbeddedPasswordUnknown } from './errors/embedded-password-unknown.js';
export { EmbeddedSharedMemory } from './errors/embedded-shared-memory.js';
export { EmbeddedStartFailed } from './errors/embedded-start-failed.js';
export { EmbeddedStopFailed } from './errors/embedded-stop-failed.js';
export { EmbeddedUserMissing } from './errors/embedded-user-missing.js';
export { removeEmbeddedPostgres } from './remove-embedded-postgres.js';

export type { EmbeddedPostgres } from './embedded-postgres.js';
export type { EmbeddedPostgresOptions } from './embedded-postgres-options.js';
