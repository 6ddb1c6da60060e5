import { DomainEvent } from '@annals/event-store';

/** A customer has asked to be forgotten. What they bought stays on record, who they are does not. */
@DomainEvent('customer-forgotten')
export class CustomerForgotten {
  /** @param customer the customer's id as it is written on invoices, which says nothing without the contact */
  constructor(readonly customer: string) {}
}
