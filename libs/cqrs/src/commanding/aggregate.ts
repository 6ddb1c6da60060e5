import type { SnapshotOptions } from '@annals/event-store';
import { InvalidAggregate } from './invalid-aggregate.js';

/** What `@Aggregate` says. */
export interface AggregateOptions {
  /** Names the aggregate's streams: `order` makes `order-4711`. No hyphen: it ends a category. */
  readonly category: string;
  /** When snapshots are taken. @default none are */
  readonly snapshot?: SnapshotOptions | undefined;
  /** How many aggregates a process keeps between two changes; 0 keeps none. @default 1000 */
  readonly keptStates?: number | undefined;
}

const declared = new WeakMap<object, AggregateOptions>();

/**
 * Names the category of an aggregate's streams: aggregate `4711` of category `order` is the stream `order-4711`.
 * @param given the category, or an object with it
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the category is empty or has a hyphen
 */
export function Aggregate(given: string | AggregateOptions): ClassDecorator {
  const options = typeof given === 'string' ? { category: given } : given;
  checkCategory(options.category);
  return (target) => void declared.set(target, options);
}

/**
 * What an aggregate class was declared with, itself or by the class it extends.
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when it has no `@Aggregate`
 */
export function optionsOfAggregate(aggregate: abstract new (...args: never[]) => object): AggregateOptions {
  let at: unknown = aggregate;
  while (typeof at === 'function') {
    const options = declared.get(at);
    if (options !== undefined) return options;
    at = Object.getPrototypeOf(at);
  }
  throw new InvalidAggregate(`Class ${aggregate.name} names no category: decorate it with @Aggregate('…')`);
}

/** @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) unless `category` can stand before the first hyphen of a stream's name */
export function checkCategory(category: string): string {
  if (/^[^-\s]+$/.test(category)) return category;
  throw new InvalidAggregate(
    `"${category}" cannot be a category: it ends at the first hyphen of a stream's name, so it is a word without hyphen and space`,
  );
}
