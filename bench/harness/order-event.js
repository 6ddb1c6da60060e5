// @ts-check
/**
 * The payload every contender writes: an order line event of about 310 bytes of JSON with about 75 bytes of metadata.
 *
 * @typedef {{ type: string, data: Record<string, unknown>, metadata: Record<string, unknown> }} OrderEvent
 */

const SKUS = ['85123A', '71053', '84406B', '84029G', '22752', '21730', '22633', '22632'];
const NAMES = [
  'WHITE HANGING HEART HOLDER',
  'WHITE METAL LANTERN',
  'CREAM CUPID COAT HANGER',
  'KNITTED UNION FLAG BOTTLE',
];

/** How many different events are made ahead, so that making them is no part of what is measured. */
const VARIETY = 1_024;

/** @param {number} n @returns {OrderEvent} */
function makeOrderEvent(n) {
  const hex = n.toString(16).padStart(12, '0');
  const line = (/** @type {number} */ k) => ({
    sku: SKUS[(n + k) % SKUS.length],
    name: NAMES[(n + k) % NAMES.length],
    quantity: 1 + ((n + k) % 12),
    unitPrice: `${2 + (n % 7)}.55`,
  });
  return {
    type: 'order-line-added',
    data: {
      orderId: `order-${String(n).padStart(5, '0')}`,
      customerId: `018f3c5e-7a10-7c3e-9f52-${hex}`,
      placedAt: '2010-12-01T08:26:00Z',
      currency: 'GBP',
      lines: [line(0), line(1)],
      total: 1_000 + n,
    },
    metadata: { correlationId: `018f3c5e-7a10-7c3e-8a41-${hex}`, user: `clerk-${n % 97}` },
  };
}

/** @type {readonly OrderEvent[]} */
const EVENTS = Array.from({ length: VARIETY }, (_, n) => makeOrderEvent(n));

/**
 * @param {number} n any whole number; equal numbers give the same (shared, not to be changed) event
 * @returns {OrderEvent}
 */
export function orderEvent(n) {
  return /** @type {OrderEvent} */ (EVENTS[n % VARIETY]);
}
