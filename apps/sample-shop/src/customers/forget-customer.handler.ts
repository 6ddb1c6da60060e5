import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { nameInStream } from '../name-in-stream.js';
import { Customer } from './customer.js';
import { ForgetCustomer } from './forget-customer.js';

/** @throws UnknownCustomer (SHOP_UNKNOWN_CUSTOMER) */
@CommandHandler(ForgetCustomer)
export class ForgetCustomerHandler implements ICommandHandler<ForgetCustomer> {
  constructor(
    private readonly store: EventStore,
    @InjectAggregates(Customer) private readonly customers: Repository<Customer>,
  ) {}

  async execute({ customer: id }: ForgetCustomer): Promise<void> {
    const name = nameInStream(id);
    await this.customers.change(name, (customer) => {
      customer.forget(id);
    });
    // Also when they had been forgotten before: whoever asked then may not have come to this.
    await this.store.shred(this.customers.streamOf(name));
  }
}
