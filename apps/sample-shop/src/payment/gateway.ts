import { createHash } from 'node:crypto';
import { MessageBody, RpcHandler } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import { PAYMENT_QUEUE } from '../shop-topology.js';
import type { PaymentAnswer, PaymentRequest } from './payment-request.js';

/** Above so many pounds somebody has to be called, which no machine does. */
const LIMIT = 5_000;

/** Authorises payments. It knows nothing of the shop but what it is asked, and runs in a process of its own. */
@Injectable()
export class PaymentGateway {
  @RpcHandler({ queue: PAYMENT_QUEUE, prefetch: 10 })
  authorise(@MessageBody() { order, amount }: PaymentRequest): PaymentAnswer {
    const pounds = Number(amount);
    if (!(pounds > 0)) throw new RangeError(`£${amount} for order ${order} cannot be paid`);
    // The same question twice is the same payment.
    const reference = createHash('sha256').update(`${order} ${amount}`).digest('hex').slice(0, 12);
    return { authorised: pounds <= LIMIT, reference };
  }
}
