import type { SubscribeOptions } from '../handling/subscribe-options.js';

/** Options of `@Subscribe`. */
export interface SubscribeDecoratorOptions extends SubscribeOptions {
  /** The method takes the records of one partition that are there at once, not one. @default false */
  readonly batch?: boolean;
}

/** A method that is to handle records. */
export interface SubscribedMethod {
  readonly method: string;
  readonly options: SubscribeDecoratorOptions;
}

const SUBSCRIBED = Symbol('annals:subscribed');

/**
 * Has a method of a provider handle the records of topics, as a member of a group: `method(record, delivery)`, or
 * `method(records, delivery)` with `batch`. The group's name is stored: give a method of another purpose another one.
 *
 * ```ts
 * @Subscribe({ topic: 'orders', group: 'billing', guarantee: 'effectively-once' })
 * async bill(record: TopicRecord, { manager }: Delivery) { … }
 * ```
 */
export const Subscribe =
  (options: SubscribeDecoratorOptions): MethodDecorator =>
  (prototype, method) => {
    const own = Object.getOwnPropertyDescriptor(prototype, SUBSCRIBED)?.value as SubscribedMethod[] | undefined;
    const all = [...(own ?? []), { method: String(method), options }];
    Object.defineProperty(prototype, SUBSCRIBED, { value: all, configurable: true });
  };

/** The methods of a class that `@Subscribe` marks, its superclasses' included; an overriding mark wins. */
export function subscribedMethodsOf(type: { readonly prototype: unknown }): readonly SubscribedMethod[] {
  const found = new Map<string, SubscribedMethod>();
  for (let at: unknown = type.prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, SUBSCRIBED)?.value as SubscribedMethod[] | undefined;
    for (const one of own ?? []) {
      const name = `${one.method} ${one.options.group}`;
      if (!found.has(name)) found.set(name, one);
    }
  }
  return [...found.values()];
}
