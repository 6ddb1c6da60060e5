import type { ConsumeOptions } from '../queues/consume-options.js';

/** A method that is to handle messages, or to answer requests. */
export interface ConsumingMethod {
  readonly method: string;
  readonly options: ConsumeOptions;
  /** What it returns is the reply to a request. */
  readonly responds: boolean;
}

const CONSUMING = Symbol('annals:consuming');

const mark =
  (responds: boolean) =>
  (options: ConsumeOptions): MethodDecorator =>
  (prototype, method) => {
    const own = Object.getOwnPropertyDescriptor(prototype, CONSUMING)?.value as ConsumingMethod[] | undefined;
    const all = [...(own ?? []), { method: String(method), options, responds }];
    Object.defineProperty(prototype, CONSUMING, { value: all, configurable: true });
  };

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
export const Consume: (options: ConsumeOptions) => MethodDecorator = mark(false);

/** As `Consume`, for requests: what the method returns is the reply, what it throws fails the request; neither is tried again. */
export const RpcHandler: (options: ConsumeOptions) => MethodDecorator = mark(true);

/** The methods of a class that `@Consume` and `@RpcHandler` mark, its superclasses' included; an overriding mark wins. */
export function consumingMethodsOf(type: { readonly prototype: unknown }): readonly ConsumingMethod[] {
  const found = new Map<string, ConsumingMethod>();
  for (let at: unknown = type.prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, CONSUMING)?.value as ConsumingMethod[] | undefined;
    for (const one of own ?? []) {
      const name = `${one.method} ${one.options.queue}`;
      if (!found.has(name)) found.set(name, one);
    }
  }
  return [...found.values()];
}
