import { cooperativeSticky } from './cooperative-sticky-assignor.js';
import { range } from './range-assignor.js';
import { roundRobin } from './round-robin-assignor.js';
import { sticky } from './sticky-assignor.js';

/** The ways to deal partitions out to a group, by Kafka's names for them. */
export const assignors = Object.freeze({ range, roundRobin, sticky, cooperativeSticky });
