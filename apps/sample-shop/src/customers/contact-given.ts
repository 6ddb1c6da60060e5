import { DomainEvent, Personal } from '@annals/event-store';

/** A customer has said how to reach them. Both are encrypted with the customer's own key, and gone when it is erased. */
@DomainEvent('customer-contact-given')
export class ContactGiven {
  /** The customer's id as it is written on invoices. */
  readonly customer: string;

  @Personal()
  readonly name: Personal<string>;

  @Personal()
  readonly email: Personal<string>;

  constructor(customer: string, name: string, email: string) {
    this.customer = customer;
    this.name = name;
    this.email = email;
  }
}
