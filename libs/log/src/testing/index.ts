export { testLog } from './log-contract.js';
export { testUnitOfWork } from './unit-of-work-contract.js';

export type { LogFeatures } from './log-contract.js';
export type { OpenLog } from './log-under-test.js';
export type { ApplicationRows } from './shared-transaction-contract.js';
export type { OpenUnitOfWork, UnitOfWorkFeatures } from './unit-of-work-contract.js';
