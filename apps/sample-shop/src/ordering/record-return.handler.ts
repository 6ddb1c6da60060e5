import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import type { Recorded } from '../recorded.js';
import { appendTogether, changesOf } from '../together.js';
import { Order } from './order.js';
import type { UnitsBack } from './order-lines-returned.js';
import { RecordReturn } from './record-return.js';
import type { RecordedReturnLine, ReturnLine } from './return-line.js';
import { Return } from './return.js';

/**
 * @throws ReturnExists (SHOP_RETURN_EXISTS) when the number is on record with other contents, ReturnRefused
 *   (SHOP_RETURN_REFUSED) when an order has fewer units left, AggregateNotFound (CQRS_AGGREGATE_NOT_FOUND) when there is
 *   no such order
 */
@CommandHandler(RecordReturn)
export class RecordReturnHandler implements ICommandHandler<RecordReturn> {
  constructor(
    private readonly store: EventStore,
    @InjectAggregates(Order) private readonly orders: Repository<Order>,
    @InjectAggregates(Return) private readonly returns: Repository<Return>,
  ) {}

  async execute(command: RecordReturn): Promise<Recorded> {
    const { number, commandId, customer, country, returnedAt } = command;
    const given = (await this.returns.find(number)) ?? new Return(number);
    if (!given.record({ customer, country, returnedAt, lines: command.lines.map(withoutSales) })) return 'already';
    const back = await Promise.all([...unitsByOrder(command.lines)].map((units) => this.takeBack(number, units)));
    await appendTogether(this.store, [...changesOf(this.returns, given), ...back.flat()], commandId);
    return 'new';
  }

  private async takeBack(returnNumber: string, [orderNumber, units]: readonly [string, readonly UnitsBack[]]) {
    const order = await this.orders.load(orderNumber);
    order.takeBack(returnNumber, units);
    return changesOf(this.orders, order);
  }
}

const withoutSales = ({ returned: _, ...line }: ReturnLine): RecordedReturnLine => line;

function unitsByOrder(lines: readonly ReturnLine[]): ReadonlyMap<string, readonly UnitsBack[]> {
  const byOrder = new Map<string, UnitsBack[]>();
  for (const { ordinal: returnOrdinal, returned } of lines) {
    for (const { order, ordinal, quantity } of returned) {
      const units = byOrder.get(order) ?? [];
      byOrder.set(order, units);
      units.push({ ordinal, quantity, returnOrdinal });
    }
  }
  return byOrder;
}
