import type { ConsumeOptions } from '../queues/consume-options.js';
import { MethodMarks } from './method-marks.js';

/** A method that is to handle messages, or to answer requests. */
export interface ConsumingMethod {
  readonly method: string;
  readonly options: ConsumeOptions;
  /** What it returns is the reply to a request. */
  readonly responds: boolean;
}

const MARKS = new MethodMarks<ConsumingMethod>(({ options }) => options.queue);

/**
 * Has a method of a provider or controller handle the messages of a queue: `method(message, delivery)`, or with `@MessageBody()`,
 * `@MessageHeader()`, `@Message()` and `@DeliveryInfo()` at its parameters. Guards, pipes, interceptors and filters of Nest apply.
 * What it throws is tried again as the options say, then it is a dead letter; a filter that returns something has settled it.
 *
 * ```ts
 * @Consume({ queue: 'warehouse', prefetch: 5 })
 * async pick(@MessageBody() order: OrderToPick) { … }
 * ```
 */
export const Consume: (options: ConsumeOptions) => MethodDecorator = (options) =>
  MARKS.decorator((method) => ({ method, options, responds: false }));

/** As `Consume`, for requests: what the method returns is the reply, what it throws fails the request; neither is tried again. */
export const RpcHandler: (options: ConsumeOptions) => MethodDecorator = (options) =>
  MARKS.decorator((method) => ({ method, options, responds: true }));

/** The methods of a class that `@Consume` and `@RpcHandler` mark, its superclasses' included; an overriding mark wins. */
export const consumingMethodsOf = (type: { readonly prototype: unknown }): readonly ConsumingMethod[] => MARKS.of(type);
