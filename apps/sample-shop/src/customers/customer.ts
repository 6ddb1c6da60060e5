import { Aggregate, AggregateRoot, When } from '@annals/cqrs';
import { CustomerRegistered } from './customer-registered.js';

/** A customer, registered with the first order. Guests are no customers. The aggregate's id is the name in the stream. */
@Aggregate('customer')
export class Customer extends AggregateRoot {
  private isRegistered = false;

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

  @When(CustomerRegistered)
  protected whenRegistered(): void {
    this.isRegistered = true;
  }
}
