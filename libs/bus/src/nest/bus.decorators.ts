import type { SubscribeOptions } from '../handling/subscribe-options.js';
import { MethodMarks } from './method-marks.js';

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

const MARKS = new MethodMarks<SubscribedMethod>(({ options }) => options.group);

/**
 * Has a method of a provider handle the records of topics, as a member of a group: `method(record, delivery)`, or
 * `method(records, delivery)` with `batch`. The group's name is stored: give a method of another purpose another one.
 *
 * ```ts
 * @Subscribe({ topic: 'orders', group: 'billing', guarantee: 'effectively-once' })
 * async bill(record: TopicRecord, { manager }: Delivery) { … }
 * ```
 */
export const Subscribe = (options: SubscribeDecoratorOptions): MethodDecorator =>
  MARKS.decorator((method) => ({ method, options }));

/** The methods of a class that `@Subscribe` marks, its superclasses' included; an overriding mark wins. */
export const subscribedMethodsOf = (type: { readonly prototype: unknown }): readonly SubscribedMethod[] =>
  MARKS.of(type);
