/** A mail that is to be sent. */
export interface Mail {
  readonly kind: 'order-received';
  readonly customer: string;
  readonly number: string;
  readonly total: string;
}
