export { given } from './given.js';
export { DeciderScenario, Scenario } from './scenario.js';

export type { Refusal } from './outcome.js';
