/** What the gateway is asked. */
export interface PaymentRequest {
  readonly order: string;
  /** Pounds, an exact decimal. */
  readonly amount: string;
}

/** What it answers. */
export interface PaymentAnswer {
  readonly authorised: boolean;
  /** Of the gateway: by it a payment is found there. */
  readonly reference: string;
}
