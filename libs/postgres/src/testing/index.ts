export { openFaultyLine } from './faulty-line.js';
export { openTestDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export type { FaultyLine, LineFault } from './faulty-line.js';
