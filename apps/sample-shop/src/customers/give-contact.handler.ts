import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { nameInStream } from '../name-in-stream.js';
import { Customer } from './customer.js';
import { GiveContact } from './give-contact.js';

/** @throws UnknownCustomer (SHOP_UNKNOWN_CUSTOMER) */
@CommandHandler(GiveContact)
export class GiveContactHandler implements ICommandHandler<GiveContact> {
  constructor(@InjectAggregates(Customer) private readonly customers: Repository<Customer>) {}

  async execute({ customer: id, name, email }: GiveContact): Promise<void> {
    await this.customers.change(nameInStream(id), (customer) => {
      customer.giveContact(id, name, email);
    });
  }
}
