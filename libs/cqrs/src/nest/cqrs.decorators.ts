import { Inject } from '@nestjs/common';
import type { CategorisedDecider } from '../commanding/decider.js';
import type { AggregateClass } from '../commanding/repository-of.js';

/** What `CqrsModule.forFeature` makes a repository for: an `@Aggregate` class, or a decider with its category. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- state, command and event are the decider's own
export type AggregateType = AggregateClass<any> | CategorisedDecider<any, any, any>;

const tokens = new WeakMap<AggregateType, symbol>();

/** The token under which `CqrsModule.forFeature([of])` provides the repository. */
export function aggregatesToken(of: AggregateType): symbol {
  let token = tokens.get(of);
  if (token === undefined) {
    token = Symbol(`Repository of ${typeof of === 'function' ? of.name : of.category}`);
    tokens.set(of, token);
  }
  return token;
}

/**
 * Injects the repository of an aggregate: `@InjectAggregates(Order) orders: Repository<Order>`, or
 * `@InjectAggregates(cart) carts: DeciderRepository<Cart, CartCommand, CartEvent>`.
 * @param of what `CqrsModule.forFeature` was given
 */
export const InjectAggregates = (of: AggregateType): ParameterDecorator & PropertyDecorator =>
  Inject(aggregatesToken(of));
