export { testLog } from './log-contract.js';
export { testUnitOfWork } from './unit-of-work-contract.js';

export type { LogFeatures } from './log-contract.js';
export type { OpenLog } from './log-under-test.js';
export type { UnitOfWorkFeatures } from './unit-of-work-contract.js';
export type { ApplicationRows, OpenUnitOfWork } from './unit-of-work-under-test.js';
