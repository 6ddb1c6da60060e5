export { AnnalsError, hasCode } from './annals-error.js';
export type { ErrorCode } from './annals-error.js';
