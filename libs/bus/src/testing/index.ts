export { testAttached } from './attached-contract.js';
export { testGroups } from './groups-contract.js';
export { testHandling } from './handling-contract.js';
export { testOffsets } from './offsets-contract.js';
export { testParking } from './parking-contract.js';
export { testRetention } from './retention-contract.js';
export { testTopics } from './topics-contract.js';
export { testUnits } from './units-contract.js';

export type { BusUnderTest } from './bus-under-test.js';
export { testConsuming } from './consuming-contract.js';
export { testDeadLetters } from './dead-letter-contract.js';
export { testDelaysAndRequests } from './delay-contract.js';
export { testLimits } from './limits-contract.js';
export { testRouting } from './routing-contract.js';
export { testQueueLives } from './queue-lives-contract.js';
