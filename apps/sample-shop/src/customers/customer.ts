import { Aggregate, AggregateRoot, When } from '@annals/cqrs';
import { ContactGiven } from './contact-given.js';
import { CustomerForgotten } from './customer-forgotten.js';
import { CustomerRegistered } from './customer-registered.js';
import { UnknownCustomer } from './unknown-customer.js';

/** A customer, registered with the first order. Guests are no customers. The aggregate's id is the name in the stream. */
@Aggregate('customer')
export class Customer extends AggregateRoot {
  private isRegistered = false;
  private isForgotten = false;

  /**
   * Registers the customer, unless that has happened.
   *
   * @param customer the id on the invoice
   * @param order the order that made a customer of them
   */
  register(customer: string, order: { number: string; country?: string | undefined; placedAt: string }): void {
    if (this.isRegistered) return;
    this.apply(new CustomerRegistered(customer, order.country, order.placedAt, order.number));
  }

  /**
   * Takes down how to reach the customer, in the place of what was known.
   *
   * @throws UnknownCustomer (SHOP_UNKNOWN_CUSTOMER)
   */
  giveContact(customer: string, name: string, email: string): void {
    if (!this.isRegistered) throw new UnknownCustomer(customer);
    this.apply(new ContactGiven(customer, name, email));
  }

  /**
   * Notes that the customer wants to be forgotten, once until they give a contact again.
   *
   * @throws UnknownCustomer (SHOP_UNKNOWN_CUSTOMER)
   */
  forget(customer: string): void {
    if (!this.isRegistered) throw new UnknownCustomer(customer);
    if (!this.isForgotten) this.apply(new CustomerForgotten(customer));
  }

  @When(ContactGiven)
  protected whenContactGiven(): void {
    this.isForgotten = false;
  }

  @When(CustomerForgotten)
  protected whenForgotten(): void {
    this.isForgotten = true;
  }

  @When(CustomerRegistered)
  protected whenRegistered(): void {
    this.isRegistered = true;
  }
}
