import { DomainEvent } from '@annals/event-store';

/** A customer has ordered for the first time. */
@DomainEvent('customer-registered')
export class CustomerRegistered {
  /**
   * @param customer the customer's id as it is written on invoices
   * @param country undefined when unknown
   * @param registeredAt ISO 8601 with its offset: the time of the first order
   * @param firstOrder its number
   */
  constructor(
    readonly customer: string,
    readonly country: string | undefined,
    readonly registeredAt: string,
    readonly firstOrder: string,
  ) {}
}
