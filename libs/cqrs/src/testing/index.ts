export { given } from './given.js';
export { on, ProjectionScenario, projected } from './projected.js';
export { DeciderScenario, Scenario } from './scenario.js';

export type { Happened } from './projected.js';

export type { Refusal } from './outcome.js';
