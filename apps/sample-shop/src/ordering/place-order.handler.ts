import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { Customer } from '../customers/customer.js';
import { nameInStream } from '../name-in-stream.js';
import type { Recorded } from '../recorded.js';
import { appendTogether, changesOf } from '../together.js';
import { Order } from './order.js';
import { PlaceOrder } from './place-order.js';

/** @throws OrderExists (SHOP_ORDER_EXISTS) when the number is on record with other contents */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    private readonly store: EventStore,
    @InjectAggregates(Order) private readonly orders: Repository<Order>,
    @InjectAggregates(Customer) private readonly customers: Repository<Customer>,
  ) {}

  async execute(command: PlaceOrder): Promise<Recorded> {
    const { number, customer, commandId } = command;
    const order = (await this.orders.find(number)) ?? new Order(number);
    order.place(command);
    if (order.uncommitted.length === 0) return 'already';
    const registered = customer === undefined ? [] : await this.register(customer, command);
    await appendTogether(this.store, [...changesOf(this.orders, order), ...registered], commandId);
    return 'new';
  }

  private async register(id: string, order: PlaceOrder) {
    const name = nameInStream(id);
    const customer = (await this.customers.find(name)) ?? new Customer(name);
    customer.register(id, order);
    return changesOf(this.customers, customer);
  }
}
