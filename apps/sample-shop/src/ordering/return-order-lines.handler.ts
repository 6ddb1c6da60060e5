import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandBus, CommandHandler, InjectAggregates } from '@annals/cqrs';
import type { Recorded } from '../recorded.js';
import { Order } from './order.js';
import { RecordReturn } from './record-return.js';
import { ReturnLine, ReturnedSale } from './return-line.js';
import { ReturnOrderLines } from './return-order-lines.js';
import { ReturnRefused } from './return-refused.js';

/**
 * @throws AggregateNotFound (CQRS_AGGREGATE_NOT_FOUND) when there is no such order, ReturnRefused (SHOP_RETURN_REFUSED)
 *   when it has fewer units left, ReturnExists (SHOP_RETURN_EXISTS)
 */
@CommandHandler(ReturnOrderLines)
export class ReturnOrderLinesHandler implements ICommandHandler<ReturnOrderLines> {
  constructor(
    private readonly commands: CommandBus,
    @InjectAggregates(Order) private readonly orders: Repository<Order>,
  ) {}

  async execute({ number, order: orderNumber, returnedAt, lines }: ReturnOrderLines): Promise<Recorded> {
    const order = await this.orders.load(orderNumber);
    const sold = new Map(order.lines.map((line) => [line.ordinal, line]));
    const returned = lines.map(({ ordinal, quantity }, index) => {
      const line = sold.get(ordinal);
      if (line === undefined) throw new ReturnRefused(orderNumber, [`it has no line ${ordinal}`]);
      const { stockCode, description, unitPrice } = line;
      const sales = [new ReturnedSale({ order: orderNumber, ordinal, quantity })];
      const back = { ordinal: index + 1, stockCode, description, quantity: -quantity, unitPrice };
      return new ReturnLine({ ...back, isMatched: true, excess: 0, returned: sales });
    });
    const { customer, country } = order.head ?? {};
    return this.commands.execute(
      new RecordReturn({
        number,
        returnedAt,
        lines: returned,
        ...(customer === undefined ? {} : { customer }),
        ...(country === undefined ? {} : { country }),
      }),
    );
  }
}
