import type { BusTopology } from '@annals/bus';

/** To which all mails go; everybody who has to do with mails has a queue of his own on it. */
export const MAILS = 'shop.mails';
/** To which orders go that are to be worked at, by what has happened to them. */
export const ORDERS = 'shop.orders';
export const MAIL_QUEUE = 'mails';
export const MAIL_COUNT_QUEUE = 'mail-counts';
export const WAREHOUSE_QUEUE = 'warehouse';
export const PAYMENT_QUEUE = 'payments';
/** Where the bus puts what cannot be handled, unless it is told otherwise. */
export const DEAD_LETTERS = 'dead-letters';

/** How the shop's messages go. */
export const SHOP_TOPOLOGY: BusTopology = {
  exchanges: { [MAILS]: 'fanout', [ORDERS]: 'topic' },
  queues: {
    [MAIL_QUEUE]: {},
    [MAIL_COUNT_QUEUE]: {},
    [WAREHOUSE_QUEUE]: {},
    // Who asked waits no longer than that.
    [PAYMENT_QUEUE]: { messageTtlMs: 30_000, deadLetterExchange: null },
  },
  bindings: [
    { exchange: MAILS, queue: MAIL_QUEUE },
    { exchange: MAILS, queue: MAIL_COUNT_QUEUE },
    { exchange: ORDERS, queue: WAREHOUSE_QUEUE, routingKey: 'order.placed' },
  ],
};
