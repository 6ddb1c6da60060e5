export { testCopying } from './copying-contract.js';
export { testEventStore } from './event-store-contract.js';
export { testKeyStore } from './key-store-contract.js';

export type { EventStoreFeatures, OpenForContract } from './event-store-contract.js';
export type { OpenEventStore } from './store-under-test.js';
