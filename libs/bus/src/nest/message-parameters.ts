import { assignMetadata } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { PipeTransform, Type } from '@nestjs/common';
import type { ParamsFactory } from '@nestjs/core/helpers/external-context-creator.js';
import type { MessageDelivery } from '../queues/message-delivery.js';
import type { QueueMessage } from '../queues/queue-message.js';

/** Where Nest finds which parameter of a method is what. Only for this name it also makes the pipes that are given as classes. */
export const MESSAGE_PARAMETERS = ROUTE_ARGS_METADATA;

const BODY = 1;
const HEADER = 2;
const MESSAGE = 3;
const DELIVERY = 4;

type Pipe = PipeTransform | Type<PipeTransform>;

const parameter =
  (kind: number, data: string | undefined, pipes: readonly Pipe[]): ParameterDecorator =>
  (prototype, method, index) => {
    if (method === undefined) throw new TypeError('parameters of constructors are not messages');
    const known = (Reflect.getMetadata(MESSAGE_PARAMETERS, prototype.constructor, method) ?? {}) as Record<
      string,
      never
    >;
    const all = assignMetadata(known, kind, index, data, ...pipes);
    Reflect.defineMetadata(MESSAGE_PARAMETERS, all, prototype.constructor, method);
  };

/** The parameter gets the body of the message, through the pipes. */
export const MessageBody = (...pipes: readonly Pipe[]): ParameterDecorator => parameter(BODY, undefined, pipes);

/** The parameter gets one header of the message, through the pipes; undefined where there is none. */
export const MessageHeader = (name: string, ...pipes: readonly Pipe[]): ParameterDecorator =>
  parameter(HEADER, name, pipes);

/** The parameter gets the whole `QueueMessage`. */
export const Message = (): ParameterDecorator => parameter(MESSAGE, undefined, []);

/** The parameter gets the `MessageDelivery`. */
export const DeliveryInfo = (): ParameterDecorator => parameter(DELIVERY, undefined, []);

/** Takes parameters out of what a handler is called with. */
export const messageParameters: ParamsFactory = {
  exchangeKeyForValue(kind: number, name: unknown, args: unknown): unknown {
    const [message, delivery] = args as readonly [QueueMessage, MessageDelivery];
    if (kind === BODY) return message.body;
    if (kind === HEADER)
      return Object.hasOwn(message.headers, String(name)) ? message.headers[String(name)] : undefined;
    return kind === MESSAGE ? message : delivery;
  },
};
